/** The ticket in the security blob of a session setup (RFC 4121, 4120): the service it is for. */
import { latin1 } from '../../../engine/latin1.js';
import { Elements } from '../asn1/ber.js';

/** Object identifier of Kerberos 5, followed by the token of AP-REQ. */
const AP_REQ = Buffer.from('06092a864886f71201020201006e', 'hex');
const GENERAL_STRING = 0x1b;
const SEQUENCE = 0x30;

export interface TicketFor {
  readonly realm: string;
  readonly snames: readonly string[];
}

export function readTicket(blob: Uint8Array): TicketFor | undefined {
  const at = Buffer.from(blob.buffer, blob.byteOffset, blob.length).indexOf(AP_REQ);
  if (at < 0) return undefined;
  const request = new Elements(blob.subarray(at + AP_REQ.length - 1)).inside(0x6e)?.inside(SEQUENCE);
  if (!request) return undefined;
  // Version, type and options precede the ticket.
  for (const tag of [0xa0, 0xa1, 0xa2]) request.take(tag);
  const ticket = request.inside(0xa3)?.inside(0x61)?.inside(SEQUENCE);
  ticket?.take(0xa0);
  const realm = ticket?.inside(0xa1)?.take(GENERAL_STRING);
  const name = ticket?.inside(0xa2)?.inside(SEQUENCE);
  if (!realm || !name) return undefined;
  name.take(0xa0);
  const parts = [...(name.inside(0xa1)?.inside(SEQUENCE)?.rest(16) ?? [])];
  return { realm: latin1(realm), snames: parts.map(({ content }) => latin1(content)) };
}
