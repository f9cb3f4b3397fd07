/** A transaction as a firewall follows it: which hooks of each direction were accepted. */
import type { Conversation, Transaction, TransactionUpdate } from '../../../engine/protocol.js';
import type { Visible } from '../transaction-rule.js';

/** One direction of it. `progress` is -1 as long as nothing was told. */
export interface WatchedSide extends Visible {
  /** The first hook that is still to be accepted. */
  next: number;
}

export class FirewallTransaction {
  readonly toServer = newSide(true);
  readonly toClient = newSide(false);
  /** All hooks are: nothing of it is looked at any more. */
  accepted = false;

  constructor(
    readonly conversation: Conversation,
    readonly transaction: Transaction,
  ) {}

  side(toServer: boolean): WatchedSide {
    return toServer ? this.toServer : this.toClient;
  }

  /** Takes what was told of it. */
  note({ toServer, progress, events, bodyLength, complete }: TransactionUpdate): void {
    const side = this.side(toServer);
    side.progress = Math.max(side.progress, progress);
    side.events = events;
    side.bodyLength = bodyLength;
    side.complete ||= complete;
  }

  /** Nothing will be told of it any more. */
  get isOver(): boolean {
    return this.toServer.complete && this.toClient.complete;
  }
}

function newSide(toServer: boolean): WatchedSide {
  return { toServer, progress: -1, events: 0, bodyLength: -1, complete: false, next: 0 };
}
