/**
 * What a compiled condition inspects: a packet, its flow, and the bytes of one buffer. There is one Inspection per
 * thread, refilled for each candidate; nothing is allocated.
 */
import type { FlowRows } from '../engine/flow/flow-record.js';
import type { Memory } from '../engine/memory.js';
import type { Transaction } from '../engine/protocol.js';
import type { Whole } from './keywords/whole-number.js';

export interface Inspection {
  readonly memory: Memory;
  readonly flows: FlowRows;

  /** The packet: its slot, and its row `memory.row[p + FIELD]`. */
  slot: number;
  p: number;
  /** Row number of its flow, or -1; `f` is the row's index in `flows.row`. */
  flow: number;
  f: number;
  /** Direction of the packet, or of the inspected data. */
  toServer: boolean;
  /** The inspected transaction, if any. */
  transaction: Transaction | undefined;

  /** The current buffer: `bytes[start, end)`. */
  bytes: Uint8Array;
  start: number;
  end: number;
  /** End of the last relative match (absolute index into `bytes`); `start` before the first one. */
  cursor: number;
  /**
   * The buffer's first byte is the very first (a stream chunk may begin later), and its last byte is final: needed for
   * `startswith`, `offset`, `endswith`, `bsize` and negated contents.
   */
  atBeginning: boolean;
  atEnd: boolean;
  /** For a stream whose beginning is no longer available: number of bytes before `start`. */
  position: number;
  /** Byte order of numbers according to the transaction: for conditions with `dce`. */
  littleEndian: boolean;

  /** Values of byte_extract and byte_math, by index. */
  readonly variables: Whole[];
  /** Index of the current signature. */
  signature: number;
}

/** A compiled condition. Relative ones read and move `cursor`. */
export type Test = (at: Inspection) => boolean;

/** Maximum number of byte_extract and byte_math variables of one signature. */
export const MAX_VARIABLES = 256;

export function newInspection(memory: Memory, flows: FlowRows): Inspection {
  return {
    memory,
    flows,
    slot: 0,
    p: 0,
    flow: -1,
    f: 0,
    toServer: true,
    transaction: undefined,
    bytes: memory.bytes,
    start: 0,
    end: 0,
    cursor: 0,
    atBeginning: true,
    atEnd: true,
    position: 0,
    littleEndian: false,
    variables: new Array<Whole>(MAX_VARIABLES).fill(0),
    signature: 0,
  };
}
