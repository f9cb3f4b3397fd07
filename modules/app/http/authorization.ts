/** Whether an Authorization field has a known scheme and is well formed (RFC 7617, 7616, 6750). */
import { latin1 } from '../../../engine/latin1.js';
import type { HttpEvent } from './events.js';

export function readAuthorization(value: Uint8Array, report: (event: HttpEvent) => void): void {
  if (!isKnown(latin1(value))) report('request_auth_unrecognized');
}

function isKnown(text: string): boolean {
  const scheme = /^\S+/.exec(text)?.[0].toLowerCase() ?? '';
  const rest = text.slice(scheme.length).trim();
  switch (scheme) {
    case 'basic':
      return Buffer.from(rest, 'base64').includes(0x3a);
    case 'digest':
      return /username\s*=\s*"(?:[^"\\]|\\.)*"/i.test(rest);
    case 'bearer':
      return rest !== '';
    default:
      return false;
  }
}
