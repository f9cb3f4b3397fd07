/** One NTP packet (RFC 5905 7.3): each is a transaction, in its own direction. */
import { OneSidedTransaction } from '../../../engine/protocol.js';

export const COMPLETE = 1;
/** Bytes of a packet without extensions. */
export const HEADER_LENGTH = 48;
export const EVENTS = ['unsolicited_response', 'malformed_data', 'not_request', 'not_response'] as const;

const CLIENT = 3;
const SERVER = 4;

export class NtpTransaction extends OneSidedTransaction {
  readonly version: number;
  readonly mode: number;
  readonly stratum: number;
  readonly referenceId: Uint8Array;

  /** @param bytes of a whole header; kept */
  constructor(id: number, bytes: Uint8Array, toServer: boolean) {
    super(id, toServer);
    this.version = (bytes[0]! >> 3) & 7;
    this.mode = bytes[0]! & 7;
    this.stratum = bytes[1] ?? 0;
    this.referenceId = bytes.subarray(12, 16);
    if (bytes.length < HEADER_LENGTH) this.note('malformed_data');
    else if (this.mode === (toServer ? SERVER : CLIENT)) this.note(toServer ? 'not_request' : 'not_response');
  }

  private note(event: (typeof EVENTS)[number]): void {
    this.events.push(EVENTS.indexOf(event));
  }
}

/** Versions 3 and 4, with a valid mode. */
export function isPacket(bytes: Uint8Array, start: number, end: number): boolean {
  const version = (bytes[start]! >> 3) & 7;
  const mode = bytes[start]! & 7;
  return end - start >= HEADER_LENGTH && (version === 3 || version === 4) && mode >= 1 && mode <= 5;
}
