/** Proposals and transforms of a security association (RFC 7296 3.3, RFC 2408 3.5, 3.6). */
import { uint16 } from '../../../engine/packet/network-order.js';

/** In version 2: type and number of an algorithm. */
export interface Transform {
  readonly type: number;
  readonly id: number;
}

/** In version 1: type and value of an attribute; undefined if the value is longer than a number. */
export interface Attribute {
  readonly type: number;
  readonly value: number;
}

const MAX_SUBSTRUCTURES = 64;
const HEAD = 8;

/** Consecutive substructures: whether one follows, a reserved byte, a length including these, and content. */
function* parts(bytes: Uint8Array): Generator<Uint8Array> {
  let at = 0;
  for (let count = 0; at + 4 <= bytes.length && count < MAX_SUBSTRUCTURES; count++) {
    const length = uint16(bytes, at + 2);
    if (length < HEAD || at + length > bytes.length) return;
    yield bytes.subarray(at + 4, at + length);
    at += length;
  }
}

/** Transforms of a proposal, after its SPI. */
function* transformsIn(proposal: Uint8Array): Generator<Uint8Array> {
  yield* parts(proposal.subarray(4 + proposal[2]!));
}

/** @returns the transforms of each proposal */
export function readProposals(content: Uint8Array): Transform[][] {
  return [...parts(content)].map(proposal =>
    [...transformsIn(proposal)].map(each => ({ type: each[0]!, id: uint16(each, 2) })),
  );
}

/** @param content after domain and situation  @returns attributes of each transform of all proposals */
export function readAttributes(content: Uint8Array): Attribute[][] {
  return [...parts(content)].flatMap(proposal =>
    [...transformsIn(proposal)].map(each => attributesIn(each.subarray(4))),
  );
}

function attributesIn(bytes: Uint8Array): Attribute[] {
  const list: Attribute[] = [];
  for (let at = 0; at + 4 <= bytes.length && list.length < MAX_SUBSTRUCTURES; ) {
    const type = uint16(bytes, at);
    const value = uint16(bytes, at + 2);
    if (type & 0x8000) {
      list.push({ type: type & 0x7fff, value });
      at += 4;
      continue;
    }
    if (at + 4 + value > bytes.length) break;
    const content = bytes.subarray(at + 4, at + 4 + value);
    if (value <= 6) list.push({ type, value: content.reduce((sum, byte) => sum * 256 + byte, 0) });
    at += 4 + value;
  }
  return list;
}
