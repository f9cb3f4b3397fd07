/** State of the packet log per flow, by row of the flow table. A row reused by another flow starts anew. */
import * as Flow from '../../engine/flow/flow-record.js';

/** Its packets are written: it had an alert, or a tag. */
export const WRITTEN = 1 << 0;
/** Its data to server, or to client, is beyond the depth of reassembly. */
export const DEEP_TO_SERVER = 1 << 1;
export const DEEP_TO_CLIENT = 1 << 2;

export class FlowMarks {
  private readonly bits: Uint8Array;
  private readonly ids: Int32Array;

  /** @param renewed called with the row of a flow seen for the first time */
  constructor(
    private readonly flows: Int32Array,
    capacity: number,
    private readonly renewed: (flow: number) => void = () => {},
  ) {
    this.bits = new Uint8Array(capacity);
    this.ids = new Int32Array(capacity);
  }

  of(flow: number): number {
    const id = this.flows[flow * Flow.INTS + Flow.ID_LOW]!;
    if (this.ids[flow] !== id) {
      this.ids[flow] = id;
      this.bits[flow] = 0;
      this.renewed(flow);
    }
    return this.bits[flow]!;
  }

  add(flow: number, bit: number): void {
    this.bits[flow] = this.of(flow) | bit;
  }
}
