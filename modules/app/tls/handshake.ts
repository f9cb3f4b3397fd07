/** The handshake (RFC 8446 4, RFC 5246 7.4) of one side: messages, reassembled across records. */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import { Cursor } from './cursor.js';
import { takeMessage } from './handshake-messages.js';
import { type TlsSession, transactionOf } from './session.js';

/** Maximum length of a reassembled handshake message: certificate chains are a few KiB. */
const MAX_MESSAGE = 256 * 1024;

export class HandshakeReader {
  encrypted = false;
  /** The beginning of a message that continues in later records, and the length needed to continue. */
  private pending: GrowingBytes | undefined;
  private needed = 0;

  constructor(
    private readonly session: TlsSession,
    private readonly client: boolean,
  ) {}

  /** @returns false if the data is no longer valid */
  record(body: Uint8Array): boolean {
    const bytes = this.pending ? this.continued(this.pending, body) : body;
    if (!bytes) return true;
    const cursor = new Cursor(bytes, 0, bytes.length);
    if (!this.messages(cursor)) return false;
    this.pending = undefined;
    if (cursor.left > 0) {
      this.pending = new GrowingBytes();
      this.pending.append(bytes, cursor.at, bytes.length);
    }
    return true;
  }

  /** Processes all complete messages. @returns false after an invalid one */
  private messages(cursor: Cursor): boolean {
    const { session, client } = this;
    this.needed = 4;
    while (cursor.left >= 4) {
      const start = cursor.at;
      const type = cursor.uint8();
      const length = cursor.uint24();
      if (!this.isPlausible(type, length)) return false;
      if (length > cursor.left) {
        cursor.at = start;
        this.needed = 4 + length;
        return true;
      }
      if (takeMessage(session, client, type, cursor.take(length))) this.encrypted = true;
    }
    return true;
  }

  private isPlausible(type: number, length: number): boolean {
    if (isHandshakeType(type) && length <= MAX_MESSAGE) return true;
    const event = isHandshakeType(type) ? 'handshake_invalid_length' : 'invalid_handshake_message';
    this.session.event(transactionOf(this.session), event);
    return false;
  }

  /** The message begun earlier, as far as received; undefined while it is incomplete. */
  private continued(pending: GrowingBytes, body: Uint8Array): Uint8Array | undefined {
    pending.append(body);
    return pending.length < this.needed ? undefined : pending.view();
  }
}

/** Types of handshake messages in use (IANA "TLS HandshakeType"). */
function isHandshakeType(type: number): boolean {
  return type <= 26 || type === 67 || type === 203 || type === 254;
}
