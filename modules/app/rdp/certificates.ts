/** Serial numbers of the certificates sent by a server, if the connection continues with TLS up to 1.2 (RFC 5246). */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { uint16, uint24 } from '../../../engine/packet/network-order.js';
import { Elements, INTEGER, SEQUENCE } from '../asn1/ber.js';

const HANDSHAKE = 22;
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
const CERTIFICATE = 11;
/** Maximum bytes of the start of a handshake. */
const MAX_LENGTH = 64 << 10;
const MAX_CERTIFICATES = 16;
/** Tag of a certificate's version. */
const EXPLICIT_0 = 0xa0;

/** @returns undefined if there are none */
export function* certificateSerials(socket: StreamSocket): Reading<string[] | undefined> {
  const handshake = new GrowingBytes();
  // Where a message begins, regardless of record boundaries.
  let at = 0;
  while (handshake.length < MAX_LENGTH) {
    const header = yield* socket.read(RECORD_HEADER);
    if (!header || header[0] !== HANDSHAKE) return undefined;
    const record = yield* socket.read(uint16(header, 3));
    if (!record) return undefined;
    handshake.append(record);
    const bytes = handshake.view();
    while (at + MESSAGE_HEADER <= bytes.length) {
      const end = at + MESSAGE_HEADER + uint24(bytes, at + 1);
      if (bytes[at] === CERTIFICATE && end > bytes.length) break;
      if (bytes[at] === CERTIFICATE) return serialsOf(bytes.subarray(at + MESSAGE_HEADER, end));
      at = end;
    }
  }
  return undefined;
}

/** A list of certificates: the list and each entry are preceded by a length. */
function serialsOf(list: Uint8Array): string[] {
  const serials: string[] = [];
  for (let at = 3; at + 3 <= list.length && serials.length < MAX_CERTIFICATES; ) {
    const end = at + 3 + uint24(list, at);
    const fields = new Elements(list.subarray(at + 3, end)).inside(SEQUENCE)?.inside(SEQUENCE);
    fields?.take(EXPLICIT_0);
    const serial = fields?.take(INTEGER);
    if (serial) serials.push(digitsOf(serial));
    at = end;
  }
  return serials;
}

/** Hexadecimal digits of a number, without leading zeros. */
function digitsOf(number: Uint8Array): string {
  return Buffer.from(number)
    .toString('hex')
    .replace(/^0+(?=.)/, '');
}
