/** Packets marked by `nfq_set_mark`: captured packets, which are sent with the mark. */
import { describe, expect, it } from 'vitest';
import * as Packet from '../../engine/packet.js';
import { alertingCompilers } from '../../signatures/keywords/alerting.js';

const { PSEUDO_NONE: WIRE, PSEUDO_TUNNEL: TUNNEL, PSEUDO_REASSEMBLED: REASSEMBLED } = Packet;

/** Marks of packets after a rule of the first one has set 0x40/0xf0; each is derived from the next. */
function marks(...pseudos: number[]): string[] {
  const row = new Int32Array(pseudos.length * Packet.INTS);
  pseudos.forEach((pseudo, slot) => {
    row[slot * Packet.INTS + Packet.PSEUDO] = pseudo;
    row[slot * Packet.INTS + Packet.ROOT] = slot + 1 < pseudos.length ? slot + 1 : -1;
    row[slot * Packet.INTS + Packet.MARK] = 0x80000031 | 0;
  });
  const { compile } = alertingCompilers.find(({ kind }) => kind === 'nfq_set_mark')!;
  compile(
    { kind: 'nfq_set_mark', mark: 0xffffff4f, mask: 0xf0 } as never,
    {} as never,
  )({
    p: 0,
    memory: { row },
  } as never);
  return pseudos.map((_, slot) => (row[slot * Packet.INTS + Packet.MARK]! >>> 0).toString(16));
}

const SET = '80000041';
const KEPT = '80000031';

describe('nfq_set_mark', () => {
  it.each([
    ['a packet', [WIRE], [SET]],
    ['all fragments of a datagram', [REASSEMBLED, WIRE, WIRE], [SET, SET, SET]],
    ['a fragment, but not those before it', [WIRE, WIRE], [SET, KEPT]],
    ['a packet in a tunnel, but not its outer packet', [TUNNEL, WIRE], [SET, KEPT]],
    [
      'neither the datagram nor its fragments if it is inside a tunnel',
      [REASSEMBLED, TUNNEL, WIRE],
      [SET, KEPT, KEPT],
    ],
  ])('marks %s', (_name, pseudos, expected) => expect(marks(...pseudos)).toEqual(expected));
});
