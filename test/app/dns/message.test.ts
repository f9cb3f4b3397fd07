import { describe, expect, it } from 'vitest';
import { Message } from '../../../modules/app/dns/message.js';
import { MAX_LABELS, MAX_POINTERS } from '../../../modules/app/dns/name.js';
import { concat, u8, u16, u32 } from '../../packets/bytes.js';
import { label, message, name, pointer, question, request, resource, response } from './message-builder.js';

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? '').toString('latin1');
const answered = (record: Uint8Array) =>
  new Message(message({ flags: 0x8000, questions: [question(name('a.b'))], answers: [record] }));

describe('a message', () => {
  it('gives its questions and answers', () => {
    const { questions, answers, problems } = new Message(response('www.example.org'));
    expect(problems).toEqual([]);
    expect(questions.map(each => [text(each.name), each.type])).toEqual([['www.example.org', 1]]);
    expect(answers.map(each => [text(each.name), each.ttl, each.data])).toEqual([
      ['www.example.org', 60, { kind: 'address', text: '10.0.0.1' }],
    ]);
  });

  it('may have forward pointers', () => {
    const bytes = message({ questions: [question(pointer(18)), question(name('a.b'))] });
    expect(new Message(bytes).questions.map(each => text(each.name))).toEqual(['a.b', 'a.b']);
  });

  const two = concat(u8(1), u8(0x78), u8(1), u8(0x79));
  it.each<[string, number, Uint8Array, unknown]>([
    ['A', 1, Uint8Array.of(1, 2, 3, 4), { kind: 'address', text: '1.2.3.4' }],
    ['A too short', 1, Uint8Array.of(1, 2, 3), { kind: 'none' }],
    ['AAAA with all its digits', 28, new Uint8Array(16), { text: '0000:0000:0000:0000:0000:0000:0000:0000' }],
    ['CNAME', 5, name('c.d'), { kind: 'name', name: Uint8Array.from(Buffer.from('c.d')) }],
    ['NS with a name that does not end', 2, label('c'), { kind: 'none' }],
    ['MX', 15, concat(u16(10), name('m')), { kind: 'name' }],
    ['TXT', 16, two, { kind: 'txt', texts: [Uint8Array.of(0x78), Uint8Array.of(0x79)] }],
    ['TXT longer than its data', 16, Uint8Array.of(9, 0x78), { texts: [Uint8Array.of(0x78)] }],
    ['SOA', 6, concat(name('p'), name('m'), ...[1, 2, 3, 4, 5].map(u32)), { numbers: [1, 2, 3, 4, 5] }],
    ['SOA too short', 6, concat(name('p'), name('m')), { kind: 'none' }],
    ['SRV', 33, concat(u16(1), u16(2), u16(3), name('s')), { priority: 1, weight: 2, port: 3 }],
    ['SSHFP', 44, Uint8Array.of(1, 2, 0xab), { algorithm: 1, type: 2 }],
    ['OPT', 41, concat(u16(10), u16(1), u8(7)), { options: [{ code: 10, data: Uint8Array.of(7) }] }],
    ['an unknown type', 999, Uint8Array.of(1), { kind: 'none' }],
  ])('reads %s', (_, type, data, expected) => {
    const parsed = answered(resource(pointer(12), type, data));
    expect(parsed.problems).toEqual([]);
    expect(parsed.answers[0]!.data).toMatchObject(expected as object);
  });
});

describe('a hostile message', () => {
  it.each<[string, Uint8Array, string[]]>([
    ['without a header', Uint8Array.of(1, 2, 3), ['malformed_data']],
    [
      'with a count of questions that it does not have',
      concat(u16(1), u16(0), u16(9), new Uint8Array(6)),
      ['malformed_data'],
    ],
    ['with a name that points to itself', message({ questions: [question(pointer(12))] }), ['infinite_loop']],
    [
      'with an unknown type of label',
      message({ questions: [question(Uint8Array.of(0x80, 0))] }),
      ['malformed_data'],
    ],
    [
      'with a name of too many labels',
      message({ questions: [question(concat(...Array.from({ length: 300 }, () => label('a')), u8(0)))] }),
      ['too_many_labels'],
    ],
    [
      'with a name too long',
      message({ questions: [question(name(Array(30).fill('a'.repeat(63)).join('.')))] }),
      ['name_too_long'],
    ],
    [
      'with a truncated authority section',
      message({ authorities: [Uint8Array.of(1)] }),
      ['invalid_authorities'],
    ],
    [
      'with a truncated additional section',
      message({ additionals: [Uint8Array.of(1)] }),
      ['invalid_additionals'],
    ],
  ])('%s is reported', (_, bytes, problems) => {
    expect(new Message(bytes).problems).toEqual(problems);
  });

  it('truncated anywhere, is malformed at worst', () => {
    const whole = response('www.example.org');
    for (let length = 0; length < whole.length; length++)
      expect(new Message(whole.slice(0, length)).problems).toEqual(['malformed_data']);
  });

  it('costs no more than its names may cost', () => {
    // The first record holds a ladder of pointers, from 23 on; the names of all others climb down all of it.
    const rungs = 100;
    const ladder = concat(...Array.from({ length: rungs }, (_, i) => pointer(i === 0 ? 12 : 21 + 2 * i)));
    const first = resource(name(''), 10, ladder);
    const others = Array.from({ length: 500 }, () =>
      resource(pointer(23 + 2 * (rungs - 1)), 5, pointer(23 + 2 * (rungs - 1))),
    );
    const { steps, problems } = new Message(message({ flags: 0x8000, answers: [first, ...others] }));
    expect(problems).toEqual([]);
    expect(steps).toBe(2 * others.length * (rungs + 1));
    expect(rungs + 1).toBeLessThanOrEqual(MAX_LABELS + MAX_POINTERS);
  });

  it('keeps no more entries than it has bytes for', () => {
    const bytes = message({ questions: [question(name('a'))] });
    bytes.fill(0xff, 4, 12);
    expect(new Message(bytes).questions.length).toBeLessThanOrEqual(bytes.length / 5);
  });

  it('has a name up to the maximum length, each part once', () => {
    expect(text(new Message(request('a'.repeat(63))).questions[0]!.name)).toBe('a'.repeat(63));
  });
});
