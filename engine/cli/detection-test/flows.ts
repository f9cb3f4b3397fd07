/** A flow table with only the parts that an expiry policy sees. */
import type { ExpirableFlows } from '../../flow/flow-expiry.js';
import { type FlowRows, flowRows, INTS } from '../../flow/flow-record.js';

export class TestFlows implements ExpirableFlows {
  readonly firstRow = 0;
  readonly rows: number;
  readonly records: FlowRows;
  readonly freeRows = 0;
  emergency = false;
  /** Rows that the policy ended, and those it asked to end if their timeout has passed. */
  readonly ended: number[] = [];
  readonly expiryRequests: number[] = [];

  constructor(
    rows: readonly Readonly<Record<number, number>>[],
    public seconds: number,
  ) {
    this.rows = rows.length;
    this.records = flowRows(new SharedArrayBuffer(rows.length * INTS * 4));
    for (const [i, columns] of rows.entries())
      for (const [column, value] of Object.entries(columns))
        this.records.row[i * INTS + Number(column)] = value;
  }

  get active(): number {
    return this.rows - this.ended.length;
  }

  isLive(row: number): boolean {
    return row >= 0 && row < this.rows && !this.ended.includes(row);
  }

  expire(row: number): void {
    this.expiryRequests.push(row);
  }

  end(row: number): void {
    this.ended.push(row);
  }
}
