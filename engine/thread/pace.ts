import { type Control, ENDED } from './control.js';

/**
 * Threads that read the same packets stay near each other, so that what they share (thresholds, bits of hosts, datasets)
 * sees packets in nearly the order in which they came.
 */
export class Pace {
  /**
   * @param others threads of the same group
   * @param lead packets that this thread may be before the last of them
   */
  constructor(
    private readonly control: Control,
    private readonly me: number,
    private readonly others: readonly number[],
    private readonly lead: number,
  ) {}

  /** @param packets that this thread has read so far */
  at(packets: number): void {
    this.control.setRead(this.me, packets);
  }

  /** Whether some thread is so far behind that this one has to wait. */
  get isAhead(): boolean {
    const { control, lead } = this;
    const mine = control.read(this.me);
    for (const other of this.others) {
      // The difference is right also when the numbers have run over.
      if (((mine - control.read(other)) | 0) > lead && control.state(other) !== ENDED) return true;
    }
    return false;
  }
}
