/**
 * The bytes shared by threads. Every WebAssembly memory reserves 10 GiB of address space, regardless of its size: small
 * ones, and all under an address space limit, are plain shared memory.
 */
import type { Bulk } from './bulk.js';
import { plainBulk } from './plain-bulk.js';
import { type WebAssemblySpace, webAssemblyBulk, webAssemblySpace } from './webassembly-bulk.js';

/** A WebAssembly memory or plain: can be sent to another thread. */
export type Space = WebAssemblySpace | SharedArrayBuffer;

/** From this size on a WebAssembly memory is worth the address space. */
const MIN_WEBASSEMBLY_BYTES = 2 ** 24;

/** @param byteLength minimum size, below 2^32; pages take physical memory only once they are touched */
export function allocateSpace(byteLength: number, minimum = MIN_WEBASSEMBLY_BYTES): Space {
  if (byteLength < minimum) return new SharedArrayBuffer(byteLength);
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
