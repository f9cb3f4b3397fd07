/** What the records of flows say of their application protocols. */
import * as Flow from '../flow/flow-record.js';
import type { Thread } from '../module.js';
import type { Protocol } from '../protocol.js';
import type { Transport } from './recognition.js';

const UDP = 17;

export class FlowProtocols {
  private readonly flows: Int32Array;

  /** @param protocols by their numbers; records have number + 1 */
  constructor(
    thread: Thread,
    private readonly protocols: readonly Protocol[],
  ) {
    this.flows = thread.flows.row;
  }

  numberOf(protocol: Protocol): number {
    return this.protocols.indexOf(protocol);
  }

  transportOf(flow: number): Transport {
    return this.flows[flow * Flow.INTS + Flow.PROTOCOL] === UDP ? 'udp' : 'tcp';
  }

  /** One direction of the flow is of this protocol. */
  note(flow: number, toServer: boolean, protocol: Protocol): void {
    const column = toServer ? Flow.APP_PROTOCOL_TO_SERVER : Flow.APP_PROTOCOL_TO_CLIENT;
    this.flows[flow * Flow.INTS + column] = this.numberOf(protocol) + 1;
  }

  /** The flow's protocol is this, the one that its parser is for. */
  set(flow: number, number: number): void {
    this.flows[flow * Flow.INTS + Flow.APP_PROTOCOL] = number + 1;
  }

  /** @returns whether it was not known already that the flow's protocol is unknown */
  fail(flow: number): boolean {
    const column = flow * Flow.INTS + Flow.APP_PROTOCOL;
    if (this.flows[column] === -1) return false;
    this.flows[column] = -1;
    return true;
  }

  /** One direction of the flow is of no protocol that is known. */
  failSide(flow: number, toServer: boolean): void {
    const column = flow * Flow.INTS + (toServer ? Flow.APP_PROTOCOL_TO_SERVER : Flow.APP_PROTOCOL_TO_CLIENT);
    if (this.flows[column] === 0) this.flows[column] = -1;
  }

  /** A change to this protocol was asked for. */
  expect(flow: number, protocol: Protocol): void {
    this.flows[flow * Flow.INTS + Flow.APP_PROTOCOL_EXPECTED] = this.numberOf(protocol) + 1;
  }

  /** The flow goes on as something else. */
  leave(flow: number, before: Protocol | undefined): void {
    const f = flow * Flow.INTS;
    if (before) this.flows[f + Flow.APP_PROTOCOL_ORIGINAL] = this.numberOf(before) + 1;
    this.flows[f + Flow.APP_PROTOCOL] = 0;
    this.flows[f + Flow.APP_PROTOCOL_TO_SERVER] = 0;
    this.flows[f + Flow.APP_PROTOCOL_TO_CLIENT] = 0;
  }
}
