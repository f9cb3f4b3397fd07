/** Reads a capture through a pool as the engine does, and returns the packets as plain values. */

import { BlockWindow, END, READY } from '../../engine/capture-file/block-window.js';
import type { ByteInput } from '../../engine/capture-file/byte-input.js';
import { emptyPacket } from '../../engine/capture-file/capture-format.js';
import { CaptureReader } from '../../engine/capture-file/capture-reader.js';
import { allocateMemory, openMemory } from '../../engine/memory.js';
import { Pool } from '../../engine/pool.js';

export interface ReadPacket {
  data: string;
  wireLength: number;
  linkType: number;
  time: string;
}

export interface ReadResult {
  packets: ReadPacket[];
  error?: string;
  /** Blocks that are still in use after closing. */
  blocksInUse: number;
}

export interface ReadOptions {
  blockSize?: number;
  blocks?: number;
  /** Most bytes the input delivers at once. */
  chunk?: number;
  /** A packet is released after this many others. */
  held?: number;
}

export function readAll(file: Uint8Array, options: ReadOptions = {}): ReadResult {
  const { blockSize = 4096, blocks = 4, held = 0 } = options;
  const memory = openMemory(allocateMemory(64, blockSize * blocks));
  const range = {
    index: 0,
    firstSlot: 0,
    slots: 64,
    firstByte: 0,
    byteLength: blockSize * blocks,
    blockSize,
  };
  const pool = new Pool(memory, range);
  const window = new BlockWindow(memory, pool, inputOf(file, options.chunk), blockSize);
  const reader = new CaptureReader(window);
  const result: ReadResult = { packets: [], blocksInUse: 0 };
  const inFlight: number[] = [];
  try {
    read(result, reader, pool, inFlight, held);
  } catch (error) {
    result.error = (error as Error).message;
  }
  reader.close();
  for (const slot of inFlight) pool.release(slot);
  result.blocksInUse = blocks - pool.availableBlocks;
  return result;
}

function read(result: ReadResult, reader: CaptureReader, pool: Pool, inFlight: number[], held: number): void {
  const packet = emptyPacket();
  const { bytes } = reader.window.memory;
  for (let waits = 0; waits < 100_000; ) {
    const step = reader.next(packet);
    if (step === END) return;
    if (step !== READY) {
      waits++;
      if (inFlight.length > 0) pool.release(inFlight.shift()!);
      continue;
    }
    const slot = pool.take();
    pool.attach(slot, reader.window.block);
    inFlight.push(slot);
    if (inFlight.length > held) pool.release(inFlight.shift()!);
    const { data, length, wireLength, linkType, seconds, nanoseconds } = packet;
    const text = Buffer.from(bytes.subarray(data, data + length)).toString('latin1');
    result.packets.push({
      data: text,
      wireLength,
      linkType,
      time: `${seconds >>> 0}.${String(nanoseconds).padStart(9, '0')}`,
    });
  }
  throw new Error('the reader waits forever');
}

/** An input over bytes in memory. With `chunk`, reads sometimes return nothing, as from a pipe. */
export function inputOf(file: Uint8Array, chunk = file.length): ByteInput {
  let position = 0;
  let calls = 0;
  return {
    name: 'test.pcap',
    read(into, offset, length) {
      if (chunk < file.length && ++calls % 3 === 0) return -1;
      const part = file.subarray(position, position + Math.min(length, chunk));
      into.set(part, offset);
      position += part.length;
      return part.length;
    },
    close() {},
  };
}
