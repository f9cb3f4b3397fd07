/** Header of a message (MS-CIFS 2.2.3.1), and commands. */
import type { CommonHeader } from '../connection.js';
import type { Fields } from '../fields.js';

export const HEADER = 32;
export const [CLOSE, RENAME, WRITE, LOCKING_ANDX, TRANS] = [0x04, 0x07, 0x0b, 0x24, 0x25];
/** Continuation of a TRANS request. Suricata does not know it: an event is reported, and it is parsed nevertheless. */
export const TRANS_SECONDARY = 0x26;
export const [WRITE_AND_CLOSE, OPEN_ANDX, READ_ANDX, WRITE_ANDX, TRANS2] = [0x2c, 0x2d, 0x2e, 0x2f, 0x32];
export const [TREE_DISCONNECT, NEGOTIATE, SESSION_SETUP, LOGOFF] = [0x71, 0x72, 0x73, 0x74];
export const [TREE_CONNECT, CREATE, NO_COMMAND] = [0x75, 0xa2, 0xff];
const RESPONSE_FLAG = 0x80;
const [UNICODE, NT_STATUS] = [0x8000, 0x4000];

export interface Header extends CommonHeader {
  readonly status: number;
  readonly isDos: boolean;
  readonly isResponse: boolean;
  readonly isWide: boolean;
}

export function readHeader(m: Fields): Header {
  const flags = m.u16(10);
  return {
    version: 1,
    command: m.u8(4),
    status: m.u32(5),
    isDos: (flags & NT_STATUS) === 0 && m.u32(5) !== 0,
    isResponse: (m.u8(9) & RESPONSE_FLAG) !== 0,
    isWide: (flags & UNICODE) !== 0,
    treeId: m.u16(24),
    sessionId: BigInt(m.u16(28)),
    // Distinct from the keys of SMB2.
    key: -1 - (m.u16(30) + m.u16(26) * 65536),
  };
}
