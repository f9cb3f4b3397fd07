/** DNS messages in HTTP/2 (RFC 8484 4.1, 4.2): the body of a message, or a parameter of a request's path. */

import { latin1 } from '../../../engine/latin1.js';
import { Message as DnsMessage } from '../dns/message.js';
import { fieldValue } from './header-block.js';
import type { Field } from './header-table.js';
import type { Message } from './transaction.js';

const MEDIA_TYPE = /^\s*application\/dns-message\s*(;|$)/i;
const PARAMETER = /[?&]dns=([A-Za-z0-9_-]+)/;
const MAX_LENGTH = 65535;

export function carriesDns(fields: readonly Field[]): boolean {
  const type = fieldValue(fields, 'content-type');
  return type !== undefined && MEDIA_TYPE.test(latin1(type));
}

/** The message in a request's path, encoded in base64url. */
export function dnsOfPath(request: readonly Field[]): DnsMessage | undefined {
  const accepted = fieldValue(request, 'accept');
  if (!accepted || !latin1(accepted).toLowerCase().includes('application/dns-message')) return undefined;
  const path = fieldValue(request, ':path');
  const parameter = path && PARAMETER.exec(latin1(path))?.[1];
  const bytes = parameter ? Buffer.from(parameter, 'base64url') : undefined;
  return bytes && bytes.length <= MAX_LENGTH ? new DnsMessage(new Uint8Array(bytes)) : undefined;
}

/** The body is complete. @returns false if it is longer than a DNS message can be */
export function readDnsBody(message: Message): boolean {
  const { body } = message;
  if (!body || message.dns || !carriesDns(message.fields)) return true;
  const bytes = body.store.view();
  if (bytes.length > MAX_LENGTH) return false;
  if (bytes.length > 0) message.dns = new DnsMessage(bytes.slice());
  return true;
}
