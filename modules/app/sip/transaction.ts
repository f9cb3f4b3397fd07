/** Each SIP message is a transaction, in its own direction. */
import { OneSidedTransaction } from '../../../engine/protocol.js';
import type { MessageHead } from './message.js';
import type { SessionDescription } from './sdp.js';

export const COMPLETE = 1;
export const EVENTS = ['incomplete_data', 'invalid_data'] as const;

export class SipTransaction extends OneSidedTransaction {
  sdp: SessionDescription | undefined;

  constructor(
    id: number,
    /** Undefined if it is not a valid message. */
    readonly head: MessageHead | undefined,
    toServer: boolean,
  ) {
    super(id, toServer);
  }
}
