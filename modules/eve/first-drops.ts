/** Which flows already had a drop record, per direction: `drop: { flows: start }` logs only the first ones. */
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { Subject } from '../../engine/record/subject.js';

export class FirstDrops {
  /** For each direction and flow row the random part of the flow's id: it differs when a row is reused. */
  private readonly loggedIds: readonly [Int32Array, Int32Array];

  constructor(flows: number) {
    this.loggedIds = [new Int32Array(flows), new Int32Array(flows)];
  }

  /** True once for each direction of a flow, and always for packets without one. */
  isFirst(subject: Subject): boolean {
    if (subject.flow < 0) return true;
    const logged = this.loggedIds[subject.toServer ? 1 : 0]!;
    const id = subject.flowField(FlowRecord.ID_LOW) | 1;
    if (logged[subject.flow] === id) return false;
    logged[subject.flow] = id;
    return true;
  }
}
