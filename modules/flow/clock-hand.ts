import type { ExpirableFlows, ExpiryPolicy } from '../../engine/flow/flow-expiry.js';

/** A hand that goes round all rows, some at a time: the work per batch is bounded, each row's turn comes. */
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
