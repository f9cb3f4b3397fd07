/** Header of a message (MS-SMB2 2.2.1), and commands. */
import type { CommonHeader } from '../connection.js';
import type { Fields } from '../fields.js';

export const HEADER = 64;
export const [NEGOTIATE, SESSION_SETUP, TREE_CONNECT, TREE_DISCONNECT] = [0, 1, 3, 4];
export const [CREATE, CLOSE, READ, WRITE, IOCTL] = [5, 6, 8, 9, 11];
export const [GET_INFO, SET_INFO, OPLOCK_BREAK] = [16, 17, 18];
const [RESPONSE_FLAG, ASYNC_FLAG] = [1, 2];

export interface Header extends CommonHeader {
  readonly status: number;
  readonly isResponse: boolean;
  /** Bytes to the next message of the same record; 0: this is the last one. */
  readonly next: number;
}

export function readHeader(m: Fields): Header {
  const flags = m.u32(16);
  return {
    version: 2,
    command: m.u16(12),
    status: m.u32(8),
    isResponse: (flags & RESPONSE_FLAG) !== 0,
    next: m.u32(20),
    key: m.u64(24),
    treeId: (flags & ASYNC_FLAG) !== 0 ? 0 : m.u32(36),
    sessionId: m.exact64(40),
  };
}
