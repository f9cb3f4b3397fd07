/** A transaction as a firewall follows it: which hooks of each direction were accepted. */

import type { Conversation, TransactionUpdate } from '../../../engine/application-layer.js';
import type { Transaction } from '../../../engine/protocol.js';
import type { Visible } from '../transaction-rule.js';

/** One direction of it. `progress` is -1 as long as nothing was told. */
export interface WatchedSide extends Visible {
  /** The first hook that is still to be judged; where the transaction stands there, it is judged again. */
  next: number;
  /** The hook that was accepted last, -1 for none: no policy is asked about it again. */
  accepted: number;
  /** Something was told of it with the packet in hand. */
  told: boolean;
  /** Something was told with a packet that was dropped before the hooks were asked. */
  missed: boolean;
}

export class FirewallTransaction {
  readonly toServer = newSide(true);
  readonly toClient = newSide(false);
  /** Rules that look at what was transmitted and have matched: once is enough. */
  matched: number[] = [];
  /** All hooks are: nothing of it is looked at any more. */
  accepted = false;
  /** Kept by `OpenTransactions`. */
  isConcerned = false;

  /** @param number in the order of the flow's transactions */
  constructor(
    readonly conversation: Conversation,
    readonly transaction: Transaction,
    readonly number: number,
  ) {}

  side(toServer: boolean): WatchedSide {
    return toServer ? this.toServer : this.toClient;
  }

  /** Takes what was told of it. */
  note({ toServer, progress, events, bodyLength, complete, conversation }: TransactionUpdate): void {
    const side = this.side(toServer);
    const { bodyProgress = 0 } = conversation.protocol;
    side.progress = Math.max(side.progress, progress, bodyLength > 0 ? bodyProgress : 0);
    side.events = events;
    side.bodyLength = bodyLength;
    side.complete ||= complete;
    side.told = true;
  }

  /** Signatures have other numbers now; those that are gone (below 0) are forgotten. */
  renumber(numbers: Int32Array): void {
    this.matched = this.matched.map(signature => numbers[signature]!).filter(number => number >= 0);
  }

  /** Packets may concern it that nothing is told of it with. */
  get staysConcerned(): boolean {
    if (this.toServer.missed || this.toClient.missed) return true;
    return this.conversation.protocol.untold !== undefined && !this.isOver;
  }

  /** Nothing will be told of it any more. */
  get isOver(): boolean {
    const { absent } = this.transaction;
    return (
      (this.toServer.complete || absent === 'to_server') && (this.toClient.complete || absent === 'to_client')
    );
  }
}

function newSide(toServer: boolean): WatchedSide {
  return {
    toServer,
    progress: -1,
    events: 0,
    bodyLength: -1,
    complete: false,
    next: 0,
    accepted: -1,
    told: false,
    missed: false,
  };
}
