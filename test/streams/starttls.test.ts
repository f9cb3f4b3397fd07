/** What comes behind STARTTLS is looked at before it is believed to be TLS. */
import { describe, expect, it } from 'vitest';
import { handshake, replay, segment } from './replay.js';

type Said = readonly [fromClient: boolean, text: string];

/** Each acknowledged at once. @param step most bytes of a segment */
function conversation(said: readonly Said[], step: number): Uint8Array[] {
  const sent = { true: 0, false: 0 };
  const packets = handshake();
  for (const [fromClient, text] of said) {
    for (let at = 0; at < text.length; at += step) {
      const own = `${fromClient}` as const;
      const other = `${!fromClient}` as const;
      const data = text.slice(at, at + step);
      packets.push(segment(fromClient, 'PA', sent[own], sent[other], data));
      sent[own] += data.length;
      packets.push(segment(!fromClient, 'A', sent[other], sent[own]));
    }
  }
  return packets;
}

const BEFORE: Said[] = [
  [false, '220 a ESMTP\r\n'],
  [true, 'EHLO b\r\n'],
  [false, '250-a\r\n250 STARTTLS\r\n'],
  [true, 'STARTTLS\r\n'],
  [false, '220 go on\r\n'],
];
const HELLO =
  '\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x03' + 'r'.repeat(32) + '\x00\x00\x02\x00\x2f\x01\x00';

describe.each([1000, 1])('in segments of %i bytes', step => {
  it.each<[string, Said, string[], string, string?]>([
    ['TLS', [true, HELLO], [], 'tls'],
    ['nothing that is known', [true, 'q'.repeat(3000)], ['APPLAYER_NO_TLS_AFTER_STARTTLS'], 'tls'],
    [
      'another protocol',
      [true, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['APPLAYER_UNEXPECTED_PROTOCOL'],
      'http',
      'tls',
    ],
  ])('%s', async (_, next, events, protocol, expected) => {
    const packets = conversation([...BEFORE, next], step);
    const records = await replay({ packets, types: '[anomaly, flow]' });
    const told = records.flatMap(({ anomaly }) => (anomaly?.layer === 'proto_detect' ? [anomaly.event] : []));
    expect(told).toEqual(events);
    const flow = records.find(record => record['event_type'] === 'flow')!;
    expect([flow['app_proto'], flow['app_proto_orig'], flow['app_proto_expected']]).toEqual([
      protocol,
      'smtp',
      expected,
    ]);
  });
});
