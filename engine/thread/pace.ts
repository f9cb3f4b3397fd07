import { type Control, ENDED } from './control.js';

/**
 * Keeps threads that read the same packets close together, so that shared state (thresholds, hostbits, datasets) sees
 * packets in nearly capture order.
 */
export class Pace {
  /**
   * @param others threads of the same group
   * @param maxLead packets that this thread may be ahead of the slowest of them
   */
  constructor(
    private readonly control: Control,
    private readonly me: number,
    private readonly others: readonly number[],
    private readonly maxLead: number,
  ) {}

  /** @param number of packets this thread has read so far */
  setProgress(packets: number): void {
    this.control.setRead(this.me, packets);
  }

  /** Whether some thread is so far behind that this one has to wait. */
  get isAhead(): boolean {
    const { control, maxLead } = this;
    const mine = control.read(this.me);
    for (const other of this.others) {
      // The difference is correct even after a wrap-around.
      if (((mine - control.read(other)) | 0) > maxLead && control.state(other) !== ENDED) return true;
    }
    return false;
  }
}
