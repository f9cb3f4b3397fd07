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

export const bytesOf = (said: string | Uint8Array) =>
  typeof said === 'string' ? Buffer.from(said, 'latin1') : said;
export const client = (...said: (string | Uint8Array)[]): Turn => ({
  toServer: true,
  bytes: concat(...said.map(bytesOf)),
});
export const server = (...said: (string | Uint8Array)[]): Turn => ({
  toServer: false,
  bytes: concat(...said.map(bytesOf)),
});
