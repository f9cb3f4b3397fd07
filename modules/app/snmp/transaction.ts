/** Each message is a transaction, in its own direction. */
import { OneSidedTransaction } from '../../../engine/protocol.js';
import type { SnmpMessage } from './message.js';

export const COMPLETE = 1;
export const EVENTS = ['malformed_data', 'unknown_security_model', 'version_mismatch'] as const;

export class SnmpTransaction extends OneSidedTransaction {
  constructor(
    id: number,
    /** Undefined if it cannot be parsed. */
    readonly message: SnmpMessage | undefined,
    toServer: boolean,
  ) {
    super(id, toServer);
  }
}
