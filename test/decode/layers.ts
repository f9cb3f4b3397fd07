import { expect } from 'vitest';
import { ipv4, ipv6, type Part, packet, tcp } from '../packets/builder.js';
import { decoder, describePacket } from './decoder.js';

/** Packet layers, and the expected description of each resulting packet. */
export type Case = [name: string, parts: Part[], ...expected: string[]];

/** Compares the description of each packet that results from `parts`. */
export async function expectLayers(linkType: number, parts: Part[], expected: string[]) {
  const { thread, one } = await decoder();
  const slots = one(packet(...parts), { linkType });
  expect(slots.map(slot => describePacket(thread, slot))).toEqual(expected);
}

export const TCP4 = [ipv4(), tcp(), 'data'];
export const TCP6 = [ipv6(), tcp(), 'data'];
export const IS_TCP4 = 'ip4 p6 40000>80';
export const IS_TCP6 = 'ip6 p6 40000>80';
