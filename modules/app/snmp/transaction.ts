/** Each message is a transaction, of its own direction. */
import type { Transaction } from '../../../engine/protocol.js';
import type { SnmpMessage } from './message.js';

export const COMPLETE = 1;
export const EVENTS = ['malformed_data', 'unknown_security_model', 'version_mismatch'] as const;

export class SnmpTransaction implements Transaction {
  progressToServer: number;
  progressToClient: number;
  readonly events: number[] = [];
  detection?: unknown;

  constructor(
    readonly id: number,
    /** Undefined where it cannot be read. */
    readonly message: SnmpMessage | undefined,
    toServer: boolean,
  ) {
    // The other direction has nothing to wait for.
    this.progressToServer = toServer ? 0 : COMPLETE;
    this.progressToClient = toServer ? COMPLETE : 0;
  }
}
