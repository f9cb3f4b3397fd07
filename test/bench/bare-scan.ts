/**
 * The baseline: one database of the pattern of each signature, and one block mode scan of each payload. No engine that
 * searches everything for these patterns at once is faster; one that searches less may be.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { openMatcher } from '../../engine/matcher/open.js';
import { JOB_INTS, type Matcher, PATTERN_CASELESS, type Pattern } from '../../engine/matcher.js';
import { allocateMemory, openMemory } from '../../engine/memory.js';
import { fastPatternOf } from '../../signatures/compile/fast-pattern.js';
import type { Signature } from '../../signatures/signature.js';

const BATCH = 256;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET = 14;

export interface Scanned {
  readonly packets: number;
  /** Bytes of whole packets. */
  readonly bytes: number;
  readonly matches: number;
}

/** Compiles the patterns and reads the capture (pcap, Ethernet, little endian) into memory. @returns the scan */
export function prepareBareScan(capture: string, signatures: readonly Signature[]): () => Scanned {
  const { size } = statSync(capture);
  const memory = openMemory(allocateMemory(1, size));
  readInto(capture, memory.bytes.subarray(0, size));
  const matcher = openMatcher(memory, 'auto');
  const database = matcher.compile(patternsOf(signatures), false);
  return () => scanAll(memory.bytes, size, matcher, database);
}

function patternsOf(signatures: readonly Signature[]): Pattern[] {
  const patterns = new Map<string, Pattern>();
  for (const signature of signatures) {
    const found = fastPatternOf(signature);
    if (!found) continue;
    const flags = found.nocase ? PATTERN_CASELESS : 0;
    const key = `${flags} ${flags ? found.bytes.toLowerCase() : found.bytes}`;
    if (!patterns.has(key))
      patterns.set(key, { id: patterns.size, bytes: Buffer.from(found.bytes, 'latin1'), flags });
  }
  return [...patterns.values()];
}

function readInto(capture: string, bytes: Uint8Array): void {
  const file = openSync(capture, 'r');
  for (let at = 0; at < bytes.length; )
    at += readSync(file, bytes, at, Math.min(1 << 20, bytes.length - at), null);
  closeSync(file);
}

function scanAll(bytes: Uint8Array, size: number, matcher: Matcher, database: number): Scanned {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const jobs = new Uint32Array(BATCH * JOB_INTS);
  let [packets, total, matches, count] = [0, 0, 0, 0];
  for (let at = FILE_HEADER; at + RECORD_HEADER <= size; packets++) {
    const length = view.getUint32(at + 8, true);
    const packet = at + RECORD_HEADER;
    at = packet + length;
    total += length;
    const payload = payloadOf(view, packet, at);
    if (payload >= at) continue;
    jobs.set([database, 0, payload, at - payload], count * JOB_INTS);
    if (++count < BATCH) continue;
    matches += matcher.scan(jobs, count);
    count = 0;
  }
  if (count > 0) matches += matcher.scan(jobs, count);
  return { packets, bytes: total, matches };
}

/** Start of the payload of TCP or UDP over IP; the end if there is none. */
function payloadOf(view: DataView, packet: number, end: number): number {
  if (packet + ETHERNET + 40 > end) return end;
  const isV6 = view.getUint8(packet + ETHERNET) >> 4 === 6;
  const ip = packet + ETHERNET;
  const protocol = view.getUint8(ip + (isV6 ? 6 : 9));
  const transport = ip + (isV6 ? 40 : (view.getUint8(ip) & 15) * 4);
  if (protocol === 17) return transport + 8;
  if (protocol !== 6 || transport + 13 > end) return end;
  return transport + (view.getUint8(transport + 12) >> 4) * 4;
}
