/** Units of work on a packet, one detection in one step each: after one was stopped, the others continue. */

/** Maximum detections, and transactions of one packet, per step. */
const MAX_PER_STEP = 1 << 16;

export class WorkUnits {
  /** The current packet was started before, and is resumed. */
  isResumed = false;
  /** Last unit started, and the one up to which all are done. */
  private begun = -1;
  private doneUpTo = -1;

  /** @returns false when the unit is done already */
  begin(step: number, item: number, order: number): boolean {
    const number = (step * MAX_PER_STEP + item) * MAX_PER_STEP + order;
    if (number <= this.doneUpTo) return false;
    this.begun = number;
    return true;
  }

  /** The packet is finished. */
  end(): void {
    this.isResumed = false;
    this.begun = -1;
    this.doneUpTo = -1;
  }

  /** The unit started last is abandoned. */
  interrupted(): void {
    this.isResumed = true;
    this.doneUpTo = this.begun;
  }
}
