/** Application protocols in flow records. */
import * as Flow from '../flow/flow-record.js';
import type { Thread } from '../module.js';
import type { Protocol } from '../protocol.js';
import type { Transport } from './recognition.js';

const UDP = 17;

export class FlowProtocols {
  private readonly flows: Int32Array;

  /** @param protocols by number; records store number + 1 */
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

  /** Records the protocol of one direction of the flow. */
  setDirection(flow: number, toServer: boolean, protocol: Protocol): void {
    const column = toServer ? Flow.APP_PROTOCOL_TO_SERVER : Flow.APP_PROTOCOL_TO_CLIENT;
    this.flows[flow * Flow.INTS + column] = this.numberOf(protocol) + 1;
  }

  /** Sets the protocol of the flow, that of its parser. */
  set(flow: number, number: number): void {
    this.flows[flow * Flow.INTS + Flow.APP_PROTOCOL] = number + 1;
  }

  /** @returns false if the flow's protocol was already marked as unknown */
  setUnknown(flow: number): boolean {
    const column = flow * Flow.INTS + Flow.APP_PROTOCOL;
    if (this.flows[column] === -1) return false;
    this.flows[column] = -1;
    return true;
  }

  /** One direction of the flow is of no known protocol. */
  setDirectionUnknown(flow: number, toServer: boolean): void {
    const column = flow * Flow.INTS + (toServer ? Flow.APP_PROTOCOL_TO_SERVER : Flow.APP_PROTOCOL_TO_CLIENT);
    if (this.flows[column] === 0) this.flows[column] = -1;
  }

  /** A change to this protocol was requested. */
  setExpected(flow: number, protocol: Protocol): void {
    this.flows[flow * Flow.INTS + Flow.APP_PROTOCOL_EXPECTED] = this.numberOf(protocol) + 1;
  }

  /** The flow changes from this protocol to another. */
  leave(flow: number, before: Protocol | undefined): void {
    const f = flow * Flow.INTS;
    if (before) this.flows[f + Flow.APP_PROTOCOL_ORIGINAL] = this.numberOf(before) + 1;
    this.flows[f + Flow.APP_PROTOCOL] = 0;
    this.flows[f + Flow.APP_PROTOCOL_TO_SERVER] = 0;
    this.flows[f + Flow.APP_PROTOCOL_TO_CLIENT] = 0;
  }
}
