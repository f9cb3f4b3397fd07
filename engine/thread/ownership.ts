/**
 * Verifies that a packet is processed by one thread at a time (`threading.ownership-check`): each row names its owner,
 * which is changed when the packet is passed on, and compared before every module. Costs time, so it is off by default.
 */
import type { Batch } from '../batch.js';
import type { Memory } from '../memory.js';
import * as Packet from '../packet.js';

export class Ownership {
  private readonly row: Int32Array;
  private readonly me: number;
  /** Packets processed by a thread that did not own them. */
  violations = 0;

  constructor(
    memory: Memory,
    thread: number,
    private readonly enabled: boolean,
    private readonly report: (message: string) => void,
  ) {
    this.row = memory.row;
    // 0 is "never owned": a row is cleared when its slot is taken.
    this.me = thread + 1;
  }

  /** Claims packets that this thread has just acquired. */
  claim(batch: Batch): void {
    if (!this.enabled) return;
    for (let i = 0; i < batch.length; i++) this.claimOne(batch.slots[i]!);
  }

  /** Claims packets created by modules meanwhile, and checks the others. */
  claimCreated(batch: Batch): void {
    if (this.enabled) this.check(batch);
  }

  /** Checks that every packet of the batch is this thread's; packets without an owner were created here. */
  check(batch: Batch): void {
    if (!this.enabled) return;
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      const owner = this.row[slot * Packet.INTS + Packet.OWNER]!;
      if (owner === 0) this.claimOne(slot);
      else if (owner !== this.me) this.violation(slot, owner);
    }
  }

  /** Transfers a packet to another thread (-1: it is returned to its pool). Bound, since it is passed as a function. */
  readonly transfer = (slot: number, thread: number): void => {
    if (!this.enabled) return;
    const at = slot * Packet.INTS + Packet.OWNER;
    const owner = this.row[at]!;
    if (owner !== this.me && owner !== 0) this.violation(slot, owner);
    this.row[at] = thread < 0 ? RELEASED : thread + 1;
  };

  private claimOne(slot: number): void {
    this.row[slot * Packet.INTS + Packet.OWNER] = this.me;
  }

  private violation(slot: number, owner: number): void {
    this.violations++;
    const state = owner === RELEASED ? 'was already released' : `belongs to thread ${owner}`;
    this.report(`packet ${slot} is processed by thread ${this.me} but ${state}`);
  }
}

/** Owner of a packet being returned: no thread may access it. */
const RELEASED = -1;
