/** Options of a TCP header (RFC 9293 section 3.1, RFC 7323, RFC 2018, RFC 7413, RFC 2385, RFC 5925). */
import type { Memory } from '../../../engine/memory.js';
import * as Options from '../../../engine/packet/tcp-options.js';

export interface TcpOptions {
  hasTimestamp: boolean;
  /** TSval and TSecr. */
  timestamp: number;
  echo: number;
  /** Window scale, -1 when absent. */
  scale: number;
  sackPermitted: boolean;
  hasSack: boolean;
  /** Highest right edge of the SACK blocks. */
  sackEdge: number;
  fastOpen: boolean;
  /** An MD5 or TCP-AO signature is present. */
  signature: boolean;
}

/** NOP, NOP, timestamps of length 10: the form used by nearly all segments. */
const USUAL_TIMESTAMPS = 0x0101080a;

/** Reads the options between the fixed header at `header` and `end`. A malformed option ends the list. */
export function readOptions(memory: Memory, header: number, end: number, into: TcpOptions): void {
  into.hasTimestamp = false;
  into.scale = -1;
  into.sackPermitted = false;
  into.hasSack = false;
  into.fastOpen = false;
  into.signature = false;
  const { view } = memory;
  const at = header + 20;
  if (end - at === 12 && view.getInt32(at) === USUAL_TIMESTAMPS) readTimestamps(view, at + 4, into);
  else readList(view, at, end, into);
}

function readList(view: DataView, at: number, end: number, into: TcpOptions): void {
  while (at < end) {
    const kind = view.getUint8(at);
    if (kind === Options.END) return;
    if (kind === Options.NOP) {
      at++;
      continue;
    }
    if (at + 2 > end) return;
    const length = view.getUint8(at + 1);
    if (length < 2 || at + length > end) return;
    readOption(view, kind, at + 2, length - 2, into);
    at += length;
  }
}

function readOption(view: DataView, kind: number, at: number, length: number, into: TcpOptions): void {
  switch (kind) {
    case Options.WINDOW_SCALE:
      if (length === 1) into.scale = Math.min(14, view.getUint8(at));
      break;
    case Options.SACK_PERMITTED:
      into.sackPermitted = length === 0;
      break;
    case Options.SACK:
      readSack(view, at, length, into);
      break;
    case Options.TIMESTAMPS:
      if (length === 8) readTimestamps(view, at, into);
      break;
    case Options.MD5:
    case Options.AO:
      into.signature = true;
      break;
    case Options.FAST_OPEN:
      into.fastOpen = true;
      break;
    case Options.EXPERIMENT_1:
    case Options.EXPERIMENT_2:
      into.fastOpen ||= length >= 2 && view.getUint16(at) === Options.FAST_OPEN_MAGIC;
  }
}

function readTimestamps(view: DataView, at: number, into: TcpOptions): void {
  into.hasTimestamp = true;
  into.timestamp = view.getInt32(at);
  into.echo = view.getInt32(at + 4);
}

function readSack(view: DataView, at: number, length: number, into: TcpOptions): void {
  for (let i = 0; i + 8 <= length; i += 8) {
    const edge = view.getInt32(at + i + 4);
    if (!into.hasSack || ((edge - into.sackEdge) | 0) > 0) into.sackEdge = edge;
    into.hasSack = true;
  }
}
