/** Groups messages into transactions, and detects errors in their order. */

import { PendingTransactions } from '../../../engine/application/pending-transactions.js';
import type { Session } from '../../../engine/application/session.js';
import type { Reading } from '../../../engine/application/stream-socket.js';
import { TwoSidedTransaction } from '../../../engine/protocol.js';
import * as Type from './control-packet.js';
import { type PacketHeader, parseHeader } from './control-packet.js';
import { type Message, parseBody } from './message.js';
import type { MqttSettings } from './settings.js';

export const COMPLETE = 1;
export const EVENTS = [
  'missing_connect',
  'missing_publish',
  'missing_subscribe',
  'missing_unsubscribe',
  'double_connect',
  'unintroduced_message',
  'invalid_qos_level',
  'missing_msg_id',
  'unassigned_msg_type',
  'too_many_transactions',
  'malformed_traffic',
] as const;

type Event = (typeof EVENTS)[number];

export class MqttTransaction extends TwoSidedTransaction {
  readonly messages: Message[] = [];

  constructor(
    id: number,
    readonly settings: MqttSettings,
    /** Version of the connection. */
    public version: number,
  ) {
    super(id);
  }

  message(type: number): Message | undefined {
    return this.messages.find(({ header }) => header.type === type);
  }
}

/** The type each reply belongs to, and the event if that was not seen. */
const REPLIES: ReadonlyMap<number, readonly [number, Event]> = new Map([
  [Type.CONNACK, [Type.CONNECT, 'missing_connect']],
  [Type.PUBACK, [Type.PUBLISH, 'missing_publish']],
  [Type.PUBREC, [Type.PUBLISH, 'missing_publish']],
  [Type.PUBREL, [Type.PUBLISH, 'missing_publish']],
  [Type.PUBCOMP, [Type.PUBLISH, 'missing_publish']],
  [Type.SUBACK, [Type.SUBSCRIBE, 'missing_subscribe']],
  [Type.UNSUBACK, [Type.UNSUBSCRIBE, 'missing_unsubscribe']],
]);
/** Maximum messages per transaction; longer exchanges are split into several. */
const MAX_MESSAGES = 64;
/** Acknowledged if their quality of service requires it. */
const ACKNOWLEDGED = new Set([Type.PUBLISH, Type.SUBSCRIBE, Type.UNSUBSCRIBE]);
/** Replies that are followed by others. */
const INTERIM = new Set([Type.PUBREC, Type.PUBREL]);

export class Exchange {
  private readonly settings: MqttSettings;
  /** By type and identifier of the message that awaits a reply. */
  private readonly pending: PendingTransactions<number, MqttTransaction>;
  private version = 4;
  private connected = false;

  constructor(readonly session: Session<MqttTransaction>) {
    this.settings = session.settings as MqttSettings;
    this.pending = new PendingTransactions(session);
  }

  *read(toServer: boolean): Reading<void> {
    const socket = toServer ? this.session.client : this.session.server;
    // Start of the bytes that are processed together.
    let start = socket.position;
    for (;;) {
      if (socket.available < 2) start = socket.position;
      if (!(yield* socket.wait(2))) return;
      const header = parseHeader(socket.view, socket.offset, socket.offset + socket.available);
      if (header === 'more') {
        start = socket.position;
        if (!(yield* socket.wait(socket.available + 1))) return;
        continue;
      }
      if (!header) return this.reportMalformed('malformed_traffic', toServer);
      if (socket.available < header.head + header.length) start = socket.position;
      this.addFrames(toServer, socket.position, start, header);
      socket.skip(header.head);
      if (header.length > this.settings.maxMessageLength) {
        this.add({ header, toServer, skipped: true });
        if (!(yield* socket.discard(header.length))) return;
        continue;
      }
      const body = yield* socket.read(header.length);
      if (!body) return;
      this.take(header, body.slice(), toServer);
      if (this.session.failed) return;
    }
  }

  /**
   * Adds the frames of a message. As in Suricata, header and data are placed at those of the first message that arrived
   * together with it.
   * @param start position of that first message
   */
  private addFrames(toServer: boolean, at: number, start: number, { head, length }: PacketHeader): void {
    this.session.frame('pdu', toServer, at, head + length);
    this.session.frame('header', toServer, start, head);
    this.session.frame('data', toServer, start + head, length);
  }

  private take(header: PacketHeader, body: Uint8Array, toServer: boolean): void {
    const parts = parseBody(header, body, this.version);
    if (!parts) {
      this.reportMalformed('malformed_traffic', toServer);
      return;
    }
    if (parts.connect) this.version = parts.connect.version;
    this.add({ header, toServer, ...parts });
  }

  private begin(): MqttTransaction {
    const { session } = this;
    const transaction = session.begin(
      new MqttTransaction(session.transactionCount, this.settings, this.version),
    );
    if (session.transactions.length - session.completed > this.settings.maxTransactions) {
      report(transaction, 'too_many_transactions');
      session.completeOldest();
    }
    return transaction;
  }

  /** Reports data that is not a valid message, in one direction. */
  private reportMalformed(event: Event, toServer: boolean): void {
    const transaction = this.begin();
    report(transaction, event);
    this.complete(transaction, toServer, !toServer);
    this.session.failed = true;
  }

  /** Only directions in which something was sent are logged. */
  private complete(transaction: MqttTransaction, toServer: boolean, toClient: boolean): void {
    if (!toServer) transaction.progressToServer = COMPLETE;
    if (!toClient) transaction.progressToClient = COMPLETE;
    if (toServer) this.session.advance(transaction, true, COMPLETE);
    if (toClient) this.session.advance(transaction, false, COMPLETE);
  }

  // ── messages ──

  private add(message: Message): void {
    const { type, qos } = message.header;
    const reply = REPLIES.get(type);
    const asked = reply && !message.skipped ? this.pending.find(keyOf(reply[0], message)) : undefined;
    const transaction = asked ?? this.begin();
    transaction.messages.push(message);
    if (reply && !asked) report(transaction, reply[1]);
    this.checkOrder(transaction, message);
    if (type === Type.CONNACK && asked) this.connected = true;
    this.session.advance(transaction, message.toServer, 0);
    const over = reply ? !asked || !INTERIM.has(type) : message.skipped || !expectsReply(type, qos);
    if (!(over || reply)) this.pending.add(keyOf(type, message), transaction);
    if (over || transaction.messages.length >= MAX_MESSAGES)
      this.complete(transaction, hasMessages(transaction, true), hasMessages(transaction, false));
  }

  private checkOrder(transaction: MqttTransaction, { header, id }: Message): void {
    const { type, qos } = header;
    const addEvent = (event: Event) => report(transaction, event);
    if (type === 0) addEvent('unassigned_msg_type');
    if (qos === 3) addEvent('invalid_qos_level');
    if (type === Type.PUBLISH && qos > 0 && id === 0) addEvent('missing_msg_id');
    if (type === Type.CONNECT && this.connected) addEvent('double_connect');
    if (!this.connected && type !== Type.CONNECT && type !== Type.CONNACK && type !== Type.AUTH)
      addEvent('unintroduced_message');
  }
}

/** @param type of the request: message identifiers have 16 bits, and some messages have none */
const keyOf = (type: number, { id = 0x10000 }: Message): number => type * 0x20000 + id;

function report(transaction: MqttTransaction, event: Event): void {
  const number = EVENTS.indexOf(event);
  if (!transaction.events.includes(number)) transaction.events.push(number);
}

function hasMessages({ messages }: MqttTransaction, toServer: boolean): boolean {
  return messages.some(message => message.toServer === toServer);
}

function expectsReply(type: number, qos: number): boolean {
  return type === Type.CONNECT || (ACKNOWLEDGED.has(type) && qos > 0 && qos < 3);
}
