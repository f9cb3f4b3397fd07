/**
 * The bytes that threads share. Every WebAssembly memory takes 10 GiB of address space, whatever its size: small ones,
 * and all where a limit on address space is set, are plain shared memory.
 */
import type { Bulk } from './bulk.js';
import { plainBulk } from './plain-bulk.js';
import { type WebAssemblySpace, webAssemblyBulk, webAssemblySpace } from './webassembly-bulk.js';

/** A WebAssembly memory or plain: can be sent to another thread. */
export type Space = WebAssemblySpace | SharedArrayBuffer;

/** From this size on it is worth the address space. */
const WORTH_WEBASSEMBLY = 2 ** 24;

/** @param byteLength least size, below 2^32; pages take real memory only once they are touched */
export function allocateSpace(byteLength: number, worth = WORTH_WEBASSEMBLY): Space {
  if (byteLength < worth) return new SharedArrayBuffer(byteLength);
  try {
    return webAssemblySpace(byteLength);
  } catch {
    return new SharedArrayBuffer(byteLength);
  }
}

export function bufferOf(space: Space): SharedArrayBuffer {
  return space instanceof SharedArrayBuffer ? space : space.buffer;
}

export function openBulk(space: Space): Bulk {
  return space instanceof SharedArrayBuffer ? plainBulk(new Uint8Array(space)) : webAssemblyBulk(space);
}
