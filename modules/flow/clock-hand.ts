import type { ExpirableFlows, ExpiryPolicy } from '../../engine/flow/flow-expiry.js';

/** A clock hand that cycles through all rows, a few at a time: bounded work per batch, and each row gets its turn. */
export class ClockHand implements ExpiryPolicy {
  private at = 0;

  sweep(flows: ExpirableFlows, budget: number): void {
    const { firstRow, rows } = flows;
    for (let n = Math.min(budget, rows); n > 0; n--) {
      if (this.at >= rows) this.at = 0;
      flows.expire(firstRow + this.at++);
    }
  }
}
