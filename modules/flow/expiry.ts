/**
 * Which flows are looked at to see whether their time is over: a small contract, and the policy that is in use.
 *
 * A flow that is met by a packet past its timeout ends in any case, so a policy decides only when the others end.
 */
import { choice, option } from '../../engine/config/option.js';

/** What a policy may see and do. */
export interface Expirable {
  /** Rows that can hold flows: `firstRow` … `firstRow + rows`. */
  readonly firstRow: number;
  readonly rows: number;
  /** Ends the row's flow if there is one and its time is over. */
  expire(row: number): void;
}

export interface ExpiryPolicy {
  /** Looks at about `budget` rows. Called once per batch. */
  sweep(flows: Expirable, budget: number): void;
}

export const expiry = option(
  'flow.expiry',
  choice('auto', 'eager', 'lazy'),
  'auto',
  'eager: flows end soon after their timeout; lazy: only when more than flow.prealloc are in use; auto: eager on live traffic',
);

/** A hand that goes round all rows, some at a time: the work per batch is bounded, each row's turn comes. */
export class ClockHand implements ExpiryPolicy {
  private at = 0;

  sweep(flows: Expirable, budget: number): void {
    const rows = flows.rows;
    for (let n = Math.min(budget, rows); n > 0; n--) {
      if (this.at >= rows) this.at = 0;
      flows.expire(flows.firstRow + this.at++);
    }
  }
}
