/** A transaction tracked by a firewall: which hooks of each direction were accepted. */

import type { ApplicationSession, TransactionUpdate } from '../../../engine/application-layer.js';
import type { Transaction } from '../../../engine/protocol.js';
import type { VisibleProgress } from '../transaction-rule.js';

/** One direction of it. `progress` is -1 until its first update. */
export interface TransactionSide extends VisibleProgress {
  /** The first hook still to be evaluated; while the transaction is at that hook, it is evaluated again. */
  next: number;
  /** The last hook accepted, -1 for none: its policy is not applied again. */
  accepted: number;
  /** It was updated by the current packet. */
  updated: boolean;
  /** It was updated by a packet that was dropped before the hooks were evaluated. */
  missed: boolean;
}

export class FirewallTransaction {
  readonly toServer = newSide(true);
  readonly toClient = newSide(false);
  /** Rules with conditions on its content that have matched: they match once. */
  matched: number[] = [];
  /** All hooks are accepted: it is no longer evaluated. */
  accepted = false;
  /** Maintained by `OpenTransactions`. */
  isAffected = false;

  /** @param number in the order of the flow's transactions */
  constructor(
    readonly conversation: ApplicationSession,
    readonly transaction: Transaction,
    readonly number: number,
  ) {}

  side(toServer: boolean): TransactionSide {
    return toServer ? this.toServer : this.toClient;
  }

  /** Applies an update. */
  note({ toServer, progress, events, bodyLength, complete, session }: TransactionUpdate): void {
    const side = this.side(toServer);
    const { bodyProgress = 0 } = session.protocol;
    side.progress = Math.max(side.progress, progress, bodyLength > 0 ? bodyProgress : 0);
    side.events = events;
    side.bodyLength = bodyLength;
    side.complete ||= complete;
    side.updated = true;
  }

  /** Applies new signature numbers after a reload; removed signatures (below 0) are forgotten. */
  renumber(numbers: Int32Array): void {
    this.matched = this.matched.map(signature => numbers[signature]!).filter(number => number >= 0);
  }

  /** Packets without an update may affect it. */
  get staysAffected(): boolean {
    if (this.toServer.missed || this.toClient.missed) return true;
    return this.conversation.protocol.silentAfter !== undefined && !this.isFinished;
  }

  /** No more updates follow. */
  get isFinished(): boolean {
    const { absent } = this.transaction;
    return (
      (this.toServer.complete || absent === 'to_server') && (this.toClient.complete || absent === 'to_client')
    );
  }
}

function newSide(toServer: boolean): TransactionSide {
  return {
    toServer,
    progress: -1,
    events: 0,
    bodyLength: -1,
    complete: false,
    next: 0,
    accepted: -1,
    updated: false,
    missed: false,
  };
}
