/** `stream_size` counts accepted data: sequence numbers that no host would accept change nothing. */
import { describe, expect, it } from 'vitest';
import { ethernet, ipv4, packet, tcp } from '../packets/builder.js';
import { handshake, type Replay, replay, segment } from './replay.js';

const client = (seq: number, data: string) => segment(true, 'PA', seq, 0, data);
const packets = [client(0, 'GET'), segment(false, 'A', 0, 3), client(3, ' me please')];

/** The signatures that matched. */
async function sizes(packets: Replay['packets']) {
  const rules = ['client,=,14', 'server,=,1', 'both,<,15', 'either,>,14'].map(
    (size, i) =>
      `alert tcp any any -> any any (flow:to_server; content:"please"; stream_size:${size}; sid:${i + 1};)`,
  );
  const records = await replay({ packets, rules });
  // Packet and stream alert separately.
  return [...new Set(records.map(({ alert }) => alert.signature_id))].sort();
}

const corrupted = (bytes: Uint8Array) => {
  const copy = bytes.slice();
  copy[14 + 20 + 16]! ^= 0x55;
  return copy;
};
const numbered = (fromClient: boolean, flags: string, seq: number, ack: number) => {
  const [source, destination] = fromClient ? ['10.0.0.1', '10.0.0.2'] : ['10.0.0.2', '10.0.0.1'];
  const [sport, dport] = fromClient ? [40_000, 80] : [80, 40_000];
  return packet(ethernet(), ipv4({ source, destination }), tcp({ sport, dport, flags, seq, ack }));
};

const FAR = 2 ** 30;

describe('stream_size', () => {
  it('counts SYN and data of both sides', async () => {
    expect(await sizes([...handshake(), ...packets])).toEqual([1, 2, 3]);
  });

  it.each([
    ['data far outside the window', segment(true, 'PA', FAR, 0, 'x')],
    ['a segment without ACK', segment(true, 'P', FAR, 0, 'x')],
    ['a reset far outside the window', segment(true, 'R', FAR, 0)],
    ['a SYN in the session', segment(true, 'S', FAR, 0)],
    ['a SYN/ACK in the session', segment(false, 'SA', FAR, 0)],
    ['data with a wrong checksum', corrupted(segment(true, 'PA', FAR, 0, 'x'))],
  ])('ignores %s', async (_, bytes) => {
    expect(await sizes([...handshake(), bytes, ...packets])).toEqual([1, 2, 3]);
  });

  it.each([
    ['a SYN with a wrong checksum', [corrupted(segment(true, 'S', 5000, 0))], []],
    ['an ACK before the SYN', [numbered(true, 'A', 7000, 1)], []],
    ['another SYN earlier', [segment(true, 'S', 5000, 0)], []],
    ['another SYN later', [], [segment(true, 'S', FAR, 0)]],
    ['another SYN later with a smaller number', [], [numbered(true, 'S', 5, 0)]],
    ['a SYN/ACK of another SYN', [], [numbered(false, 'SA', 3000, 4001)]],
  ])('counts from the answered SYN: %s', async (_, before, behind) => {
    const [syn, ...rest] = handshake();
    expect(await sizes([...before, syn!, ...behind, ...rest, ...packets])).toEqual([1, 2, 3]);
  });
});
