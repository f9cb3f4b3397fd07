/** `RFB 003.008` and a line feed (RFC 6143 7.1.1). */
import { latin1 } from '../../../engine/latin1.js';
export const VERSION_LENGTH = 12;

export interface ProtocolVersion {
  readonly major: string;
  readonly minor: string;
}

export function parseVersion(bytes: Uint8Array): ProtocolVersion | undefined {
  const match = /^RFB (\d{3})\.(\d{3})\n$/.exec(latin1(bytes));
  return match ? { major: match[1]!, minor: match[2]! } : undefined;
}
