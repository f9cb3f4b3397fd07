/** Conversations on TCP, turn by turn: what random changes begin with. */
import type { Protocol } from '../../engine/protocol.js';
import { concat } from '../packets/bytes.js';

export interface Turn {
  readonly toServer: boolean;
  readonly bytes: Uint8Array;
}

export interface Conversation {
  readonly name: string;
  /** Its protocol first, then those it may go on as. */
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
