/** Each message of SIP is a transaction, of its own direction. */
import type { Transaction } from '../../../engine/protocol.js';
import type { MessageHead } from './message.js';
import type { SessionDescription } from './sdp.js';

export const COMPLETE = 1;
export const EVENTS = ['incomplete_data', 'invalid_data'] as const;

export class SipTransaction implements Transaction {
  progressToServer: number;
  progressToClient: number;
  readonly events: number[] = [];
  detection?: unknown;
  sdp: SessionDescription | undefined;

  constructor(
    readonly id: number,
    /** Undefined for what is no message. */
    readonly head: MessageHead | undefined,
    toServer: boolean,
  ) {
    // The other direction has nothing to wait for.
    this.progressToServer = toServer ? 0 : COMPLETE;
    this.progressToClient = toServer ? COMPLETE : 0;
  }
}
