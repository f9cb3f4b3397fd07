/**
 * What a compiled condition looks at: one packet, its flow, and the bytes of one buffer. There is one Inspection a
 * thread, filled anew for each candidate; nothing is allocated for it.
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
  /** Row number of its flow, or -1; `f` is the index of the row in `flows.row`. */
  flow: number;
  f: number;
  /** Direction of the packet, or of the data inspected. */
  toServer: boolean;
  /** Transaction inspected, where there is one. */
  transaction: Transaction | undefined;

  /** The buffer in hand: `bytes[start, end)`. */
  bytes: Uint8Array;
  start: number;
  end: number;
  /** Where the last relative match ended (absolute index into `bytes`); `start` before the first. */
  cursor: number;
  /**
   * The buffer's first byte is the first byte there is (a stream chunk may begin later), and its last byte is the
   * last one there will be: what `startswith`, `offset`, `endswith`, `bsize` and negated contents need to know.
   */
  atBeginning: boolean;
  atEnd: boolean;
  /** Of a stream whose beginning is no longer at hand: how many bytes came before `start`. */
  position: number;
  /** Byte order that the transaction says its numbers have: of conditions with `dce`. */
  littleEndian: boolean;

  /** Values of byte_extract and byte_math, by index. */
  readonly variables: Whole[];
  /** Index of the signature in hand. */
  signature: number;
}

/** A compiled condition. Relative ones read and move `cursor`. */
export type Test = (at: Inspection) => boolean;

/** byte_extract and byte_math of one signature. */
export const MOST_VARIABLES = 256;

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
    variables: new Array<Whole>(MOST_VARIABLES).fill(0),
    signature: 0,
  };
}
