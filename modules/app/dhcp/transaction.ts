/** Each message is a transaction, in its own direction. */
import { OneSidedTransaction } from '../../../engine/protocol.js';
import type { DhcpMessage } from './message.js';

export const COMPLETE = 1;
export const EVENTS = ['truncated_options', 'malformed_options'] as const;

export class DhcpTransaction extends OneSidedTransaction {
  constructor(
    id: number,
    readonly message: DhcpMessage,
    toServer: boolean,
  ) {
    super(id, toServer);
  }
}
