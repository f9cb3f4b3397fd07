/** A queue as shared by the threads and the driver of the package `nfqueue`: packets go one way, verdicts back. */
import { QUEUED_INTS, VERDICT_INTS } from '../../../engine/native/queue.js';
import { Cells } from './cells.js';

export interface NodeLink {
  readonly driver: 'node-nfqueue';
  /** Maximum bytes of a packet. */
  readonly largest: number;
  readonly packets: SharedArrayBuffer;
  readonly verdicts: SharedArrayBuffer;
  /** Two words that change when packets, and when verdicts were written; the same ones for all queues. */
  readonly bells: SharedArrayBuffer;
}

export const PACKETS_BELL = 0;
export const VERDICTS_BELL = 1;
/** Maximum number of packets waiting in the ring; a power of two. */
const PACKETS = 256;
const VERDICTS = 256;

export function allocateLink(largest: number, bells: SharedArrayBuffer): NodeLink {
  return {
    driver: 'node-nfqueue',
    largest,
    packets: Cells.allocate(PACKETS, QUEUED_INTS, largest),
    verdicts: Cells.allocate(VERDICTS, VERDICT_INTS, largest),
    bells,
  };
}

export function packetCells({ packets, largest }: NodeLink): Cells {
  return new Cells(packets, QUEUED_INTS, largest);
}

export function verdictCells({ verdicts, largest }: NodeLink): Cells {
  return new Cells(verdicts, VERDICT_INTS, largest);
}

export function ring(bells: Int32Array, bell: number): void {
  Atomics.add(bells, bell, 1);
  Atomics.notify(bells, bell);
}
