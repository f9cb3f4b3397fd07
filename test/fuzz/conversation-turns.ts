/** TCP conversations, turn by turn: the input of random changes. */
import type { Protocol } from '../../engine/protocol.js';
import { concat } from '../packets/bytes.js';

export interface Turn {
  readonly toServer: boolean;
  readonly bytes: Uint8Array;
}

export interface Conversation {
  readonly name: string;
  /** The protocol first, then those it may change to. */
  readonly protocols: readonly Protocol<any>[];
  readonly serverPort: number;
  readonly turns: readonly Turn[];
}

export const bytesOf = (parts: string | Uint8Array) =>
  typeof parts === 'string' ? Buffer.from(parts, 'latin1') : parts;
export const client = (...parts: (string | Uint8Array)[]): Turn => ({
  toServer: true,
  bytes: concat(...parts.map(bytesOf)),
});
export const server = (...parts: (string | Uint8Array)[]): Turn => ({
  toServer: false,
  bytes: concat(...parts.map(bytesOf)),
});
