/** `app_proto` and related members: the flow's application protocol. */
import {
  APP_PROTOCOL,
  APP_PROTOCOL_NAMES,
  APP_PROTOCOL_TO_CLIENT,
  APP_PROTOCOL_TO_SERVER,
} from '../../engine/event.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import type { Subject } from '../../engine/record/subject.js';
import { type JsonBytes, type Key, key } from './json-bytes.js';

const APP_PROTO = key('app_proto');
const APP_PROTO_TO_SERVER = key('app_proto_ts');
const APP_PROTO_TO_CLIENT = key('app_proto_tc');
const APP_PROTO_ORIGINAL = key('app_proto_orig');
const APP_PROTO_EXPECTED = key('app_proto_expected');
const FAILED = -1;

export class AppProtocols {
  private readonly names: readonly string[];

  constructor(thread: Thread) {
    this.names = (thread.shared[APP_PROTOCOL_NAMES] as readonly string[] | undefined) ?? [];
  }

  /** Protocols at the time of the event. */
  write(json: JsonBytes, subject: Subject): void {
    if (subject.flow < 0) return;
    const known = subject.field(APP_PROTOCOL);
    this.writeKnown(
      json,
      known,
      subject.field(APP_PROTOCOL_TO_SERVER),
      subject.field(APP_PROTOCOL_TO_CLIENT),
    );
    if ((subject.field(Packet.FLOW_STATE) & Packet.FLOW_CHANGED_APPLICATION) !== 0)
      this.writeChange(json, subject, known);
  }

  /** Final protocols of a flow that has ended. */
  writeFinal(json: JsonBytes, subject: Subject): void {
    const known = subject.flowField(FlowRecord.APP_PROTOCOL);
    const toServer = subject.flowField(FlowRecord.APP_PROTOCOL_TO_SERVER);
    this.writeKnown(json, known, toServer, subject.flowField(FlowRecord.APP_PROTOCOL_TO_CLIENT));
    this.writeChange(json, subject, known);
  }

  private writeKnown(json: JsonBytes, known: number, toServer: number, toClient: number): void {
    this.name(json, APP_PROTO, known, 0);
    this.name(json, APP_PROTO_TO_SERVER, toServer, known);
    this.name(json, APP_PROTO_TO_CLIENT, toClient, known);
  }

  /** The protocol before a change, and the expected one. */
  private writeChange(json: JsonBytes, subject: Subject, known: number): void {
    this.name(json, APP_PROTO_ORIGINAL, subject.flowField(FlowRecord.APP_PROTOCOL_ORIGINAL), known);
    this.name(json, APP_PROTO_EXPECTED, subject.flowField(FlowRecord.APP_PROTOCOL_EXPECTED), known);
  }

  /** Nothing when it is unknown or the same as `but`. */
  private name(json: JsonBytes, name: Key, protocol: number, but: number): void {
    if (protocol === 0 || protocol === but) return;
    json.text(name, protocol === FAILED ? 'failed' : (this.names[protocol] ?? 'unknown'));
  }
}
