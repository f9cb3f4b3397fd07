/** Units of work on a packet, one detection in one step each: behind one that was stopped, the others go on. */

/** Detections, and transactions of one packet, that a step can have. */
const MOST_ORDERS = 1 << 16;

export class Units {
  /** The packet in hand was begun before, and is taken up again. */
  isAgain = false;
  /** Last unit that was begun, and the one up to which all is done. */
  private begun = -1;
  private doneUpTo = -1;

  /** @returns false when the unit is done already */
  begin(step: number, item: number, order: number): boolean {
    const number = (step * MOST_ORDERS + item) * MOST_ORDERS + order;
    if (number <= this.doneUpTo) return false;
    this.begun = number;
    return true;
  }

  /** The packet is done with. */
  end(): void {
    this.isAgain = false;
    this.begun = -1;
    this.doneUpTo = -1;
  }

  /** The unit that was begun last is given up. */
  interrupted(): void {
    this.isAgain = true;
    this.doneUpTo = this.begun;
  }
}
