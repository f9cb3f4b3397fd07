import { describe, expect, it } from 'vitest';
import { STREAM_CONTROL } from '../../engine/stream/stream-control.js';
import { bytes, messages, stageWith } from './definition.js';

/** A detection that reports the result of each of its reads. */
const reader = (reads: string) => `*detect({ client, server, either, flow, packet }) {
  const shown = chunk => (typeof chunk === 'string' ? chunk : chunk === undefined ? 'done' : JSON.stringify(text(chunk)));
  const report = chunk => alert(shown(chunk));
  ${reads}
}, held: 64`;

/** What is sent: c and s are bytes of client and server. */
type Event = { c?: string; s?: string; gap?: number; end?: 'c' | 's'; reset?: 'c' | 's' };

async function alertsOf(reads: string, events: readonly Event[]): Promise<(string | undefined)[]> {
  const stage = await stageWith(reader(reads));
  for (const { c, s, gap, end, reset } of events) {
    if (c !== undefined) stage.data(true, bytes(c));
    if (s !== undefined) stage.data(false, bytes(s));
    if (gap !== undefined) stage.gap(true, gap);
    if (end) stage.close(end === 'c', false);
    if (reset) stage.close(reset === 'c', true);
  }
  stage.endAll();
  expect(stage.messages).toEqual([]);
  return messages(stage);
}

const c = (data: string): Event => ({ c: data });
const s = (data: string): Event => ({ s: data });

describe('S15: results of reads', () => {
  it.each<[string, string, Event[], string[]]>([
    [
      'recv: the available bytes',
      'yield report(yield* client.recv()); return report(yield* client.recv(2));',
      [c('abc'), c('defg')],
      ['"abc"', '"de"'],
    ],
    ['recv: the end', 'return report(yield* client.recv());', [{ end: 'c' }], ['end']],
    ['recv: a reset', 'return report(yield* client.recv());', [{ reset: 'c' }], ['reset']],
    ['recv: the end of the flow', 'return report(yield* server.recv());', [c('x')], ['end']],
    [
      'read: waits for all bytes',
      'return report(yield* client.read(5));',
      [c('ab'), c('cd'), c('ef')],
      ['"abcde"'],
    ],
    [
      'read: nothing from a side that has ended',
      'return report(yield* client.read(5));',
      [c('ab'), { end: 'c' }],
      ['end'],
    ],
    ['read: more than the limit', 'return report(yield* client.read(65));', [c('x'.repeat(100))], ['limit']],
    [
      'peek: leaves the bytes',
      'yield report(yield* client.peek(2)); return report(yield* client.read(3));',
      [c('abc')],
      ['"ab"', '"abc"'],
    ],
    [
      'readUntil: a byte',
      'yield report(yield* client.readUntil(10)); return report(yield* client.recv());',
      [c('a\nb')],
      ['"a\\n"', '"b"'],
    ],
    [
      'readUntil: a text split over two segments',
      "return report(yield* client.readUntil('\\r\\n\\r\\n'));",
      [c('a\r\n\r'), c('\nb')],
      ['"a\\r\\n\\r\\n"'],
    ],
    [
      'readUntil: a text with a false start',
      "return report(yield* client.readUntil('aab'));",
      [c('aa'), c('ab')],
      ['"aaab"'],
    ],
    [
      'readUntil: beyond the limit',
      "yield report(yield* client.readUntil('\\n', 4)); return report(yield* client.recv());",
      [c('abcdef\n')],
      ['limit', '"abcdef\\n"'],
    ],
    [
      'readUntil: exactly at the limit',
      "return report(yield* client.readUntil('\\n', 4));",
      [c('abc\n')],
      ['"abc\\n"'],
    ],
    [
      'skip',
      'yield report(yield* client.skip(5)); return report(yield* client.recv());',
      [c('abc'), c('defg')],
      ['done', '"fg"'],
    ],
    [
      'skip: more than is buffered',
      'yield report(yield* client.skip(150)); return report(yield* client.recv());',
      [c('x'.repeat(100)), c('y'.repeat(50)), c('z')],
      ['done', '"z"'],
    ],
    [
      'a gap, and the data behind it',
      'yield report(yield* client.read(5)); return report(yield* client.recv());',
      [c('ab'), { gap: 10 }, c('cd')],
      ['gap', '"cd"'],
    ],
    [
      'recv: the data before a gap',
      'yield report(yield* client.recv()); yield report(yield* client.recv()); return report(yield* client.recv());',
      [c('ab'), { gap: 10 }, c('cd')],
      ['"ab"', 'gap', '"cd"'],
    ],
    [
      'both sides, in turn',
      "yield report(yield* client.readUntil('\\n')); return report(yield* server.readUntil('\\n'));",
      [s('ready\n'), c('hello\n')],
      ['"hello\\n"', '"ready\\n"'],
    ],
    [
      'either side, whichever has data',
      "for (;;) { const side = yield* either(); if (side === 'end') return alert('end'); yield alert((side === client ? 'client ' : 'server ') + shown(yield* side.recv())); }",
      [c('a'), s('b'), c('d'), { end: 'c' }, s('e'), { end: 's' }],
      ['client "a"', 'server "b"', 'client "d"', 'client end', 'server "e"', 'server end', 'end'],
    ],
    [
      'data that nobody reads is buffered up to the limit, and then reported as a gap',
      "yield report(yield* client.readUntil('\\n')); yield report(yield* server.recv()); yield report(yield* server.recv()); return report(yield* server.recv());",
      [s('x'.repeat(50)), s('y'.repeat(50)), c('\n'), s('z')],
      ['"\\n"', `"${'x'.repeat(50)}${'y'.repeat(14)}"`, 'gap', '"z"'],
    ],
    [
      'position counts read and missing bytes',
      "yield* client.read(2); yield* client.recv(); const chunk = yield* client.recv(); return alert(chunk.length + ' ' + client.position);",
      [c('ab'), { gap: 10 }, c('cd')],
      ['2 14'],
    ],
    [
      'flushAt: recv waits for this many bytes',
      'client.flushAt(6); yield report(yield* client.recv()); return report(yield* client.recv());',
      [c('ab'), c('cd'), c('efg'), c('h'), { end: 'c' }],
      ['"abcdefg"', '"h"'],
    ],
    [
      'stop: no further data of a side',
      "yield report(yield* client.recv()); yield stop('client'); return report(yield* server.recv());",
      [c('a'), c('b'), s('x')],
      ['"a"', '"x"'],
    ],
  ])('%s', async (_, reads, events, expected) => {
    expect(await alertsOf(reads, events)).toEqual(expected);
  });
});

describe('S13: a detection is a loop of reads', () => {
  it('with its state in local variables', async () => {
    const stage = await stageWith(`*detect({ client }) {
      let lines = 0;
      for (;;) {
        const line = yield* client.readUntil('\\n');
        if (typeof line === 'string') return alert(lines + ' lines');
        lines++;
      }
    }`);
    for (const piece of ['one\ntw', 'o\n', 'three\n']) stage.data(true, bytes(piece));
    stage.endAll();
    expect(messages(stage)).toEqual(['3 lines']);
  });

  it('that may be composed of generators', async () => {
    const stage = await stageWith(
      `*detect({ client }) { function* word() { return text(yield* client.readUntil(' ')).trim(); }
        return alert((yield* word()) + '+' + (yield* word())); }`,
    );
    for (const piece of ['a', 'b c', 'd ']) stage.data(true, bytes(piece));
    expect(messages(stage)).toEqual(['ab+cd']);
  });
});

describe('S3: a detection controls reassembly', () => {
  it('a flush point delays the wake-up until enough bytes are available', async () => {
    const stage = await stageWith(
      '*detect({ client }) { client.flushAt(4); for (;;) { const c = yield* client.recv(); if (typeof c === "string") return; yield alert(text(c)); } }',
    );
    for (const letter of 'abcdefghij') stage.data(true, bytes(letter));
    stage.endAll();
    expect(messages(stage)).toEqual(['abcd', 'efgh', 'ij']);
    // Started with the first byte; woken with the fourth, the eighth, and at the end.
    expect(stage.thread.counters.read('detections.wakeups')).toBe(4);
  });

  it.each([
    ['with the permission', "may: ['stop'],", [[0, true]]],
    ['without it', '', []],
  ])('a stopped side is no longer reassembled: %s', async (_, may, stopped) => {
    const stage = await stageWith(
      `${may} *detect({ client }) { yield* client.recv(); yield stop('client'); }`,
    );
    const calls: unknown[] = [];
    stage.thread.services.set(STREAM_CONTROL, { stop: (...call: unknown[]) => calls.push(call) });
    stage.data(true, bytes('a'));
    expect(calls).toEqual(stopped);
  });
});

describe('S14: a detection wakes only for data of its connection', () => {
  const wakeups = async (play: (stage: Awaited<ReturnType<typeof stageWith>>) => void) => {
    const stage = await stageWith(
      '*detect({ client }) { while (typeof (yield* client.recv()) !== "string"); }',
    );
    play(stage);
    return stage.thread.counters.read('detections.wakeups');
  };

  it('once for each delivery', async () => {
    const count = await wakeups(stage => {
      for (const letter of 'abcde') stage.data(true, bytes(letter));
    });
    expect(count).toBe(5);
  });

  it('not for packets without data, nor for data of the other side', async () => {
    const count = await wakeups(stage => {
      stage.data(true, bytes('a'));
      for (let i = 0; i < 5; i++) stage.data(true, bytes(''));
      for (let i = 0; i < 5; i++) stage.data(false, bytes('b'));
    });
    expect(count).toBe(1);
  });

  it('not before the bytes it reads are available', async () => {
    const stage = await stageWith('*detect({ client }) { return alert(text(yield* client.read(10))); }');
    for (const letter of 'abcdefghij') stage.data(true, bytes(letter));
    expect(messages(stage)).toEqual(['abcdefghij']);
    expect(stage.thread.counters.read('detections.wakeups')).toBe(2);
  });
});
