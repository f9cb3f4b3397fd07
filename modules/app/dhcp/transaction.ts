/** Each message is a transaction, of its own direction. */
import type { Transaction } from '../../../engine/protocol.js';
import type { DhcpMessage } from './message.js';

export const COMPLETE = 1;
export const EVENTS = ['truncated_options', 'malformed_options'] as const;

export class DhcpTransaction implements Transaction {
  progressToServer: number;
  progressToClient: number;
  readonly events: number[] = [];
  detection?: unknown;

  constructor(
    readonly id: number,
    readonly message: DhcpMessage,
    toServer: boolean,
  ) {
    // The other direction has nothing to wait for.
    this.progressToServer = toServer ? 0 : COMPLETE;
    this.progressToClient = toServer ? COMPLETE : 0;
  }
}
