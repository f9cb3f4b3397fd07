/** Versions, security and initialisation messages of both sides in turn (RFC 6143 7.1 to 7.3). */
import type { Session } from '../../../engine/application/session.js';
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { uint16, uint32 } from '../../../engine/packet/network-order.js';
import { COMPLETE, type EVENTS, type PixelFormat, RfbTransaction } from './transaction.js';
import { parseVersion, VERSION_LENGTH } from './version.js';

const NONE = 1;
const VNC = 2;
/** Length of a challenge and of its response in bytes. */
const CHALLENGE_LENGTH = 16;
/** Maximum bytes of a name or a reason. */
const MAX_TEXT_LENGTH = 64 << 10;
/** Length of width, height, pixel format and the length of the name. */
const SERVER_INIT_LENGTH = 24;
const MAX_SECURITY_RESULT = 2;

export class Handshake {
  readonly transaction: RfbTransaction;
  private ended = false;

  constructor(private readonly session: Session<RfbTransaction>) {
    this.transaction = session.begin(new RfbTransaction());
  }

  // ── the server ──

  *server(): Reading<void> {
    const { server: socket } = this.session;
    const { transaction } = this;
    const greeting = yield* this.take(false, VERSION_LENGTH);
    if (!greeting) return;
    transaction.serverVersion = parseVersion(greeting);
    if (!transaction.serverVersion) return this.end('malformed_message');
    // The client may choose a version older than the server's (RFC 6143 7.1.1): the next message depends on it.
    if (!(yield* socket.wait(1))) return;
    const chosen = yield* this.security(socket);
    if (!chosen) return;
    if (transaction.securityType === VNC) {
      transaction.challenge = (yield* this.take(false, CHALLENGE_LENGTH))?.slice();
      if (!transaction.challenge) return;
    }
    if (this.hasResult && !(yield* this.result())) return;
    yield* this.serverInit();
  }

  /** @returns whether a supported security type was selected */
  private *security(socket: StreamSocket): Reading<boolean> {
    const { transaction } = this;
    if (this.isOld) {
      const type = yield* this.take(false, 4);
      if (!type) return false;
      transaction.securityType = uint32(type, 0);
      if (transaction.securityType === 0) return yield* this.failure();
    } else {
      if (!(yield* socket.wait(1))) return false;
      const count = socket.view[socket.offset]!;
      if (!(yield* this.take(false, 1 + count))) return false;
      if (count === 0) return yield* this.failure();
      // The client selects one of them.
      if (!(yield* socket.wait(1))) return false;
    }
    return this.isKnown();
  }

  private isKnown(): boolean {
    const { securityType } = this.transaction;
    if (securityType === undefined) this.end('confused_state');
    else if (securityType !== NONE && securityType !== VNC) this.end('unimplemented_security_type');
    return securityType === NONE || securityType === VNC;
  }

  private *result(): Reading<boolean> {
    const { transaction } = this;
    const bytes = yield* this.take(false, 4);
    if (!bytes) return false;
    const result = uint32(bytes, 0);
    transaction.securityResult = result;
    if (result === 0) return true;
    if (result > MAX_SECURITY_RESULT) this.session.event(transaction, 'unknown_security_result');
    if (this.minor >= 8) return yield* this.failure();
    this.end();
    return false;
  }

  /** The reason why the server closes the connection. */
  private *failure(): Reading<false> {
    const head = yield* this.session.server.peek(4);
    const length = head && uint32(head, 0);
    if (length !== undefined && length <= MAX_TEXT_LENGTH) {
      const reason = yield* this.take(false, 4 + length);
      if (reason) this.transaction.failureReason = reason.slice(4);
    }
    this.end(length !== undefined && length > MAX_TEXT_LENGTH ? 'malformed_message' : undefined);
    return false;
  }

  private *serverInit(): Reading<void> {
    const head = yield* this.session.server.peek(SERVER_INIT_LENGTH);
    if (!head) return;
    const length = uint32(head, 20);
    if (length > MAX_TEXT_LENGTH) return this.end('malformed_message');
    const bytes = yield* this.take(false, SERVER_INIT_LENGTH + length);
    if (!bytes) return;
    this.transaction.frameBuffer = {
      width: uint16(bytes, 0),
      height: uint16(bytes, 2),
      format: pixelFormat(bytes, 4),
      name: bytes.slice(SERVER_INIT_LENGTH),
    };
    this.end();
  }

  // ── the client ──

  *client(): Reading<void> {
    const { transaction } = this;
    const greeting = yield* this.take(true, VERSION_LENGTH);
    if (!greeting) return;
    transaction.clientVersion = parseVersion(greeting);
    if (!transaction.clientVersion) return this.end('malformed_message');
    if (!this.isOld) {
      const chosen = yield* this.take(true, 1);
      if (!chosen) return;
      transaction.securityType = chosen[0];
    } else if (!(yield* this.session.client.wait(1))) return;
    if (!this.isKnown()) return;
    if (transaction.securityType === VNC) {
      transaction.response = (yield* this.take(true, CHALLENGE_LENGTH))?.slice();
      if (!transaction.response) return;
    }
    const init = yield* this.take(true, 1);
    if (!init) return;
    transaction.shared = init[0] !== 0;
    this.session.advance(transaction, true, COMPLETE);
  }

  // ── both ──

  /** Reads a message, which is a frame. */
  private *take(toServer: boolean, length: number): Reading<Uint8Array | undefined> {
    const { session } = this;
    const socket = toServer ? session.client : session.server;
    if (this.ended || !(yield* socket.wait(length)) || this.ended) return undefined;
    session.frame('pdu', toServer, socket.position, length, this.transaction);
    return yield* socket.read(length);
  }

  private end(event?: (typeof EVENTS)[number]): void {
    this.ended = true;
    if (event) this.session.event(this.transaction, event);
    if (event === 'malformed_message') this.session.failed = true;
    this.session.complete(this.transaction);
  }

  /** The lower of both minor versions. */
  private get minor(): number {
    const { serverVersion, clientVersion } = this.transaction;
    return Math.min(Number(serverVersion?.minor ?? 8), Number(clientVersion?.minor ?? 8));
  }

  /** In version 3.3, the server selects the security type. */
  private get isOld(): boolean {
    return this.minor < 7;
  }

  private get hasResult(): boolean {
    return this.transaction.securityType !== NONE || this.minor >= 8;
  }
}

function pixelFormat(bytes: Uint8Array, at: number): PixelFormat {
  return {
    bits_per_pixel: bytes[at]!,
    depth: bytes[at + 1]!,
    big_endian: bytes[at + 2] !== 0,
    true_color: bytes[at + 3] !== 0,
    red_max: uint16(bytes, at + 4),
    green_max: uint16(bytes, at + 6),
    blue_max: uint16(bytes, at + 8),
    red_shift: bytes[at + 10]!,
    green_shift: bytes[at + 11]!,
    blue_shift: bytes[at + 12]!,
  };
}
