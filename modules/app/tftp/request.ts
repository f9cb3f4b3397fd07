/** TFTP requests (RFC 1350 5); the transfer itself uses other ports. */
import { OneSidedTransaction } from '../../../engine/protocol.js';

const READ = 1;
const WRITE = 2;
const MODES = new Set(['netascii', 'octet', 'mail']);
/** Maximum bytes of a name that are kept. */
const MAX_NAME_LENGTH = 65535;

export interface TftpRequest {
  readonly packet: 'read' | 'write';
  /** Bytes as text. */
  readonly file: string;
  /** In lower case: the mode is case-insensitive (RFC 1350 5). */
  readonly mode: string;
}

/** @returns undefined if it is not a request */
export function parseRequest(bytes: Uint8Array, start: number, end: number): TftpRequest | undefined {
  if (end - start < 4 || bytes[start] !== 0) return undefined;
  const code = bytes[start + 1];
  if (code !== READ && code !== WRITE) return undefined;
  const text = Buffer.from(bytes.subarray(start + 2, Math.min(end, start + MAX_NAME_LENGTH))).toString(
    'latin1',
  );
  const [file, written] = text.split('\0', 2);
  const mode = written?.toLowerCase();
  if (!file || mode === undefined || !MODES.has(mode)) return undefined;
  return { packet: code === READ ? 'read' : 'write', file, mode };
}

export class TftpTransaction extends OneSidedTransaction {
  constructor(
    id: number,
    readonly request: TftpRequest,
  ) {
    super(id, true);
  }
}
