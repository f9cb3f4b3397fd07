/** What alerts show of the stream they matched in. */
import { describe, expect, it } from 'vitest';
import { type EveRecord, handshake, type Replay, replay, segment } from './replay.js';

const SHOWING = '[alert: { payload-printable: yes, payload-length: yes }]';

/** Signature, payload, whether of the stream. */
async function shown(given: Replay, types = SHOWING) {
  const records = await replay({ types, ...given });
  const of = ({ alert, payload_printable, stream }: EveRecord) => [
    alert.signature_id,
    payload_printable,
    stream,
  ];
  return records.filter(({ event_type }) => event_type === 'alert').map(of);
}

const rule = (sid: number, content: string, protocol = 'tcp-stream') =>
  `alert ${protocol} any any -> any any (content:"${content}"; sid:${sid};)`;

describe('payload of alerts in the stream', () => {
  const parts = [
    segment(true, 'PA', 0, 0, 'one '),
    segment(false, 'A', 0, 4),
    segment(true, 'PA', 4, 0, 'two '),
    segment(false, 'A', 0, 8),
  ];

  it('is the data so far', async () => {
    const packets = [...handshake(), ...parts];
    expect(await shown({ packets, rules: [rule(1, 'two')] })).toEqual([[1, 'one two ', 1]]);
  });

  it('includes the data of the current packet, although not yet acknowledged', async () => {
    const packets = [
      ...handshake(),
      ...parts,
      segment(true, 'PA', 8, 0, 'three'),
      segment(false, 'FA', 0, 8),
    ];
    const words = ['--set', 'stream.reassembly.toserver-chunk-size=1'];
    expect(await shown({ packets, rules: [rule(1, 'one')], words })).toEqual([[1, 'one two ', 1]]);
    expect(await shown({ packets, rules: [rule(1, 'two')], words })).toEqual([[1, 'one two three', 1]]);
  });

  it('marks gaps', async () => {
    const packets = [
      ...handshake(),
      parts[0]!,
      segment(true, 'PA', 8, 0, 'three'),
      segment(false, 'A', 0, 13),
    ];
    expect(await shown({ packets, rules: [rule(1, 'three')] })).toEqual([
      [1, 'one [4 bytes missing]three', 1],
    ]);
  });

  it('has the configured length: the last data, and as much before it as fits', async () => {
    const packets = [...handshake(), ...parts];
    const types = '[alert: { payload-printable: yes, payload-buffer-size: 6 }]';
    expect(await shown({ packets, rules: [rule(1, 'two')] }, types)).toEqual([[1, 'e two ', 1]]);
  });

  it('is present in alerts of application protocols', async () => {
    const request = 'GET /x HTTP/1.0\r\n\r\n';
    const packets = [
      ...handshake(),
      segment(true, 'PA', 0, 0, request),
      segment(false, 'A', 0, request.length),
    ];
    const rules = ['alert http any any -> any any (http.uri; content:"/x"; sid:1;)'];
    expect(await shown({ packets, rules })).toEqual([[1, request, 1]]);
  });

  it('begins behind inspected data for a protocol whose data is inspected once', async () => {
    const ask = (query: string) => `Q\0\0\0${String.fromCharCode(5 + query.length)}${query}\0`;
    const [one, two] = [ask('select 10'), ask('select 20')];
    const packets = [
      ...handshake(),
      segment(true, 'PA', 0, 0, one),
      segment(false, 'PA', 0, one.length, 'Z\0\0\0\x05I'),
      segment(true, 'PA', one.length, 6, two),
      segment(false, 'PA', 6, one.length + two.length, 'Z\0\0\0\x05I'),
      segment(true, 'A', one.length + two.length, 12),
    ];
    const words = ['--set', 'app-layer.protocols.pgsql.detection-ports.dp=80'];
    const rules = ['alert pgsql any any -> any any (content:"select"; sid:1;)'];
    expect(await shown({ packets, rules, words })).toEqual([
      [1, 'Q....select 10.', 1],
      [1, 'Q....select 20.', 1],
    ]);
  });

  it('inline: a retransmission alerts again, with the payload of the stream', async () => {
    const good = segment(true, 'PA', 0, 0, 'GOOD');
    const packets = [
      ...handshake(),
      good,
      segment(true, 'PA', 0, 0, 'EVIL'),
      segment(false, 'A', 0, 4),
      good,
    ];
    const rules = [rule(1, 'EVIL'), rule(2, 'GOOD'), rule(3, 'EVIL', 'tcp-pkt')];
    expect(await shown({ packets, rules, words: ['--simulate-ips'] })).toEqual([
      [2, 'GOOD', 1],
      [2, 'GOOD', 1],
      [2, 'GOOD', 1],
    ]);
  });

  it('inline: data behind a gap is shown with the gap, and with other waiting data', async () => {
    const packets = [
      ...handshake(),
      segment(true, 'PA', 0, 0, 'one '),
      segment(true, 'PA', 8, 0, 'three '),
      segment(true, 'PA', 14, 0, 'four '),
      segment(true, 'PA', 4, 0, 'two '),
    ];
    const rules = ['one', 'two', 'three', 'four'].map((word, i) => rule(i + 1, word));
    expect(await shown({ packets, rules, words: ['--simulate-ips'] })).toEqual([
      [1, 'one ', 1],
      [3, 'one [4 bytes missing]three ', 1],
      [3, 'one [4 bytes missing]three four ', 1],
      [4, 'one [4 bytes missing]three four ', 1],
      ...[1, 2, 3, 4].map(sid => [sid, 'one two three four ', 1]),
    ]);
    const types = '[alert: { payload-printable: yes, payload-buffer-size: 8 }]';
    expect(await shown({ packets, rules: [rule(4, 'four')], words: ['--simulate-ips'] }, types)).toEqual([
      [4, 'ee four ', 1],
      [4, 'two thre', 1],
    ]);
  });
});
