/**
 * How far the sequence numbers of a stream have come: what `stream_size` asks for, and alerts that show a stream. Columns of
 * numbers by flow: every SYN of a scan has its place here, and takes 16 bytes.
 */
import type { FlowRows } from '../../engine/flow/flow-record.js';

/** Farther than 4 GiB is not told. */
const FARTHEST = 2 ** 32 - 1;

export class SequencesSeen {
  /** Initial sequence numbers, by flow and direction, as 32 bits with a sign. */
  private readonly initials: Int32Array;
  /** One more than the distance of the highest sequence number from the initial one, 0 while none was seen. */
  private readonly distances: Uint32Array;

  constructor({ capacity }: Pick<FlowRows, 'capacity'>) {
    this.initials = new Int32Array(2 * capacity);
    this.distances = new Uint32Array(2 * capacity);
  }

  /** Takes note of a packet's sequence number and of the bytes that it stands for. */
  note(flow: number, toServer: boolean, sequence: number, length: number, isSyn: boolean): void {
    const at = place(flow, toServer);
    if (this.distances[at] === 0) {
      this.distances[at] = 1;
      this.initials[at] = isSyn ? sequence : sequence - 1;
    }
    const highest = this.initials[at]! + this.distances[at]! - 1;
    // With its sign: what lies half of the number space ahead or more lies before.
    const ahead = (sequence + length + (isSyn ? 1 : 0) - highest) | 0;
    if (ahead > 0) this.distances[at] = Math.min(FARTHEST, this.distances[at]! + ahead);
  }

  hasBegun(flow: number, toServer: boolean): boolean {
    return this.distances[place(flow, toServer)] !== 0;
  }

  /** Initial sequence number, as 32 bits with a sign; 0 while nothing was seen. */
  initial(flow: number, toServer: boolean): number {
    return this.initials[place(flow, toServer)]!;
  }

  /** Bytes from the initial sequence number, the SYN counted in, to the highest one seen; 0 while nothing was seen. */
  size(flow: number, toServer: boolean): number {
    return Math.max(0, this.distances[place(flow, toServer)]! - 1);
  }

  /** The flow is over. */
  forget(flow: number): void {
    this.forgetDirection(place(flow, true));
    this.forgetDirection(place(flow, false));
  }

  /** Only what was written is: pages that nobody wrote to take no memory. */
  private forgetDirection(at: number): void {
    if (this.distances[at] === 0) return;
    this.distances[at] = 0;
    this.initials[at] = 0;
  }
}

function place(flow: number, toServer: boolean): number {
  return 2 * flow + (toServer ? 0 : 1);
}
