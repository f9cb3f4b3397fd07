/** A thread's endpoint of a queue of the package `nfqueue`. */
import * as Queue from '../../../engine/native/queue.js';
import type { QueueEndpoint } from '../driver.js';
import type { Cells } from './cells.js';
import { type NodeLink, packetCells, ring, VERDICTS_BELL, verdictCells } from './node-link.js';

/** Maximum time that verdicts wait for space before they count as not accepted. */
const SEND_TIMEOUT_MS = 1000;
const NO_BYTES = new Uint8Array(0);

export class NodeEndpoint implements QueueEndpoint {
  private readonly packets: Cells;
  private readonly verdicts: Cells;
  private readonly bells: Int32Array;

  /** @param mayWait false in the main thread, which is the one that frees space */
  constructor(
    link: NodeLink,
    private readonly mayWait: boolean,
  ) {
    this.packets = packetCells(link);
    this.verdicts = verdictCells(link);
    this.bells = new Int32Array(link.bells);
  }

  receive(
    bytes: Uint8Array,
    from: number,
    to: number,
    largest: number,
    packets: Uint32Array,
    tally: Uint32Array,
  ): number {
    const { packets: cells } = this;
    const most = Math.min(cells.readable, packets.length / Queue.QUEUED_INTS);
    let count = 0;
    let at = from;
    while (count < most && to - at >= largest) {
      const q = count++ * Queue.QUEUED_INTS;
      for (let i = 0; i < Queue.QUEUED_INTS; i++) packets[q + i] = cells.word(i);
      const length = Math.min(cells.word(Queue.QUEUED_LENGTH), largest);
      packets[q + Queue.QUEUED_DATA] = at;
      packets[q + Queue.QUEUED_LENGTH] = length;
      bytes.set(cells.bytes(length), at);
      cells.release();
      at = (at + length + 7) & ~7;
    }
    tally[Queue.TALLY_BYTES] = Math.min(at, to) - from;
    return count;
  }

  send(bytes: Uint8Array, verdicts: Uint32Array, count: number): number {
    let taken = 0;
    while (taken < count && this.sendOne(bytes, verdicts, taken * Queue.VERDICT_INTS)) taken++;
    ring(this.bells, VERDICTS_BELL);
    return count - taken;
  }

  private sendOne(bytes: Uint8Array, verdicts: Uint32Array, v: number): boolean {
    const changed = (verdicts[v + Queue.VERDICT_FLAGS]! & Queue.VERDICT_WITH_PAYLOAD) !== 0;
    const from = verdicts[v + Queue.VERDICT_DATA]!;
    const payload = changed ? bytes.subarray(from, from + verdicts[v + Queue.VERDICT_LENGTH]!) : NO_BYTES;
    if (this.verdicts.write(verdicts, v, payload)) return true;
    if (!this.mayWait) return false;
    ring(this.bells, VERDICTS_BELL);
    const end = performance.now() + SEND_TIMEOUT_MS;
    while (performance.now() < end) {
      if (this.verdicts.write(verdicts, v, payload)) return true;
      // No bell is rung when space is freed.
      Atomics.wait(this.bells, VERDICTS_BELL, Atomics.load(this.bells, VERDICTS_BELL), 1);
    }
    return false;
  }
}
