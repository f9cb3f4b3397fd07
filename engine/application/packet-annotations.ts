/** What the application layer records in packets, for detection downstream and reassembly upstream. */

import * as Flow from '../flow/flow-record.js';
import { changesApplication } from '../flow/known-application.js';
import type { Thread } from '../module.js';
import * as Packet from '../packet.js';
import type { RemoteStreams } from '../stream/remote-streams.js';
import { STREAM_CONTROL } from '../stream/stream-control.js';
import type { ApplicationState } from './application-state.js';

export class PacketAnnotations {
  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  /** Undefined if reassembly runs in this thread. */
  private readonly remoteStreams: RemoteStreams | undefined;

  constructor(thread: Thread) {
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
    if (!thread.services.has(STREAM_CONTROL)) this.remoteStreams = thread.remoteStreams;
  }

  /** A batch is parsed before it is inspected: each packet stores what was known when it arrived. */
  storeProtocols(p: number, flow: number): void {
    const { flows } = this;
    const f = flow * Flow.INTS;
    this.row[p + Packet.FLOW_STATE]! |=
      Packet.FLOW_APPLICATION_STORED |
      (changesApplication(flows, f) ? Packet.FLOW_CHANGED_APPLICATION : 0) |
      ((flows[f + Flow.APP_PROTOCOL]! & 255) << Packet.FLOW_APPLICATION) |
      ((flows[f + Flow.APP_PROTOCOL_TO_SERVER]! & 255) << Packet.FLOW_APPLICATION_TO_SERVER) |
      ((flows[f + Flow.APP_PROTOCOL_TO_CLIENT]! & 255) << Packet.FLOW_APPLICATION_TO_CLIENT);
  }

  /**
   * Rules about recognition alone are inspected once per direction; and a parser may request inspection of the stream.
   */
  requestInspection(p: number, state: ApplicationState): void {
    const { row } = this;
    const toServer = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    const direction = state.direction(toServer);
    if (direction.inspectStream) {
      direction.inspectStream = false;
      row[p + Packet.FLAGS]! |= Packet.FLAG_INSPECT_STREAM;
    }
    if (direction.isAnnotated || !direction.hasData) return;
    const known = toServer ? Packet.FLOW_APPLICATION_TO_SERVER : Packet.FLOW_APPLICATION_TO_CLIENT;
    if (Packet.applicationIn(row[p + Packet.FLOW_STATE]!, known) === 0 && !state.ignored) return;
    direction.isAnnotated = true;
    row[p + Packet.FLAGS]! |= Packet.FLAG_PROTOCOL_DETECTED;
  }

  /** Signals to reassembly, in another thread, how much of the stream was read. */
  reportRead(p: number): void {
    const { row, remoteStreams } = this;
    if (!remoteStreams) return;
    const flow = row[p + Packet.FLOW]!;
    if (flow < 0) return;
    // In any case: nothing of this flow may remain for the next one in its row.
    if (row[p + Packet.PSEUDO] === Packet.PSEUDO_FLOW_END) {
      remoteStreams.reset(flow);
      return;
    }
    if (!Packet.carriesStream(row, p)) return;
    const toServer = (row[p + Packet.STREAM_FLAGS]! & Packet.STREAM_TO_SERVER) !== 0;
    const end = (row[p + Packet.STREAM_OFFSET]! + row[p + Packet.STREAM_LENGTH]!) | 0;
    remoteStreams.setRead(flow, toServer, end);
  }
}
