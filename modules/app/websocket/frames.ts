/** Frames of both directions: each is a transaction; the last one of a message contains the whole message. */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import type { Session } from '../../../engine/application/session.js';
import type { Reading } from '../../../engine/application/stream-socket.js';
import { OneSidedTransaction } from '../../../engine/protocol.js';
import type { BodyForms } from '../../../engine/record/alert-bodies.js';
import { Inflate } from '../http/inflate.js';
import { COMPRESSED, FIN, type FrameHeader, isControl, peekHeader, unmask } from './frame-header.js';

export const COMPLETE = 1;
export const EVENTS = ['skip_end_of_payload', 'reassembly_limit_reached'] as const;

export interface WebSocketSettings {
  /** Maximum bytes of a payload that are kept, compressed or not. */
  readonly maxPayloadLength: number;
  readonly printable: boolean;
  readonly base64: boolean;
  /** How alerts log payloads. */
  readonly alertPayload: BodyForms;
}

export class WebSocketTransaction extends OneSidedTransaction {
  payload: Uint8Array = EMPTY;

  constructor(
    id: number,
    toServer: boolean,
    readonly header: FrameHeader,
    readonly alertPayload: BodyForms,
  ) {
    super(id, toServer);
  }
}

const EMPTY = new Uint8Array(0);
/** The bytes that the sender of a compressed message omitted (RFC 7692 7.2.2). */
const TAIL = Uint8Array.of(0, 0, 0xff, 0xff);

/** The message whose frames are arriving. */
interface Message {
  /** One of its frames has arrived. */
  begun: boolean;
  content: GrowingBytes;
  compressed: boolean;
}

/** Reads the frames of one direction. */
export function* frames(session: Session<WebSocketTransaction>, toServer: boolean): Reading<void> {
  const socket = toServer ? session.client : session.server;
  const { maxPayloadLength, alertPayload } = session.settings as WebSocketSettings;
  const message: Message = { begun: false, content: new GrowingBytes(), compressed: false };
  const inflater = new Inflater(maxPayloadLength);
  for (;;) {
    const header = yield* peekHeader(socket);
    if (!header) return;
    const { head, length, mask } = header;
    const transaction = new WebSocketTransaction(session.transactionCount, toServer, header, alertPayload);
    const kept = Math.min(length, maxPayloadLength);
    if (!(yield* socket.wait(head + kept))) return;
    session.begin(transaction);
    session.frame('pdu', toServer, socket.position, head + length, transaction);
    session.frame('header', toServer, socket.position, head, transaction);
    session.frame('data', toServer, socket.position + head, length, transaction);
    const payload = socket.view.slice(socket.offset + head, socket.offset + head + kept);
    socket.skip(head + kept);
    if (mask !== undefined) unmask(payload, mask);
    if (length > kept) session.event(transaction, 'skip_end_of_payload');
    if (!take(message, transaction, payload, maxPayloadLength))
      session.event(transaction, 'reassembly_limit_reached');
    if (header.flags & FIN && !isControl(header.opcode)) finish(message, transaction, inflater);
    session.advance(transaction, toServer, COMPLETE);
    if (!(yield* socket.discard(length - kept))) return;
  }
}

/** @returns false if the message exceeds what is kept of it */
function take(
  message: Message,
  transaction: WebSocketTransaction,
  payload: Uint8Array,
  most: number,
): boolean {
  const { opcode, flags } = transaction.header;
  transaction.payload = payload;
  if (isControl(opcode)) return true;
  // The first frame determines this for all of them, even if it is empty.
  if (!message.begun) message.compressed = (flags & COMPRESSED) !== 0;
  message.begun = true;
  const { content } = message;
  const room = Math.max(0, most - content.length);
  const taken = payload.length > room ? payload.subarray(0, room) : payload;
  if (content.length === 0) content.adopt(taken);
  else content.append(taken);
  return taken.length === payload.length;
}

/** The message is complete. */
function finish(message: Message, transaction: WebSocketTransaction, inflater: Inflater): void {
  const { content, compressed } = message;
  const whole = content.view();
  transaction.payload = compressed ? (inflater.message(whole) ?? whole) : whole;
  message.begun = false;
  message.content = new GrowingBytes();
  message.compressed = false;
}

/** Decompresses the messages of a direction in sequence: each may refer to earlier ones. */
class Inflater {
  private inflate: Inflate | undefined;
  private parts: Uint8Array[] = [];
  private length = 0;

  constructor(private readonly most: number) {}

  /** @returns undefined if it is not compressed */
  message(bytes: Uint8Array): Uint8Array | undefined {
    this.inflate ??= new Inflate((from, start, end) => this.keep(from, start, end));
    this.parts = [];
    this.length = 0;
    this.inflate.write(bytes);
    const state = this.inflate.write(TAIL);
    if (state !== 'more') this.inflate = undefined;
    const { parts } = this;
    this.parts = [];
    return state === 'damaged' && parts.length === 0 ? undefined : Buffer.concat(parts);
  }

  private keep(bytes: Uint8Array, start: number, end: number): boolean {
    const taken = bytes.slice(start, Math.min(end, start + this.most - this.length));
    this.parts.push(taken);
    this.length += taken.length;
    return this.length < this.most;
  }
}
