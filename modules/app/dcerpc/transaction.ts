/** A call as a transaction of its own, over TCP or UDP. */
import type { Session } from '../../../engine/application/session.js';
import type { Config } from '../../../engine/config/config.js';
import { integer, option, size } from '../../../engine/config/option.js';
import { TwoSidedTransaction } from '../../../engine/protocol.js';
import type { Call } from './call.js';
import { callMembers } from './record.js';

export const COMPLETE = 1;

const MAX_TRANSACTIONS = option(
  'app-layer.protocols.dcerpc.max-tx',
  integer(1),
  1024,
  'open calls per flow; beyond it the oldest is completed',
);
export const MAX_STUB = option(
  'app-layer.protocols.dcerpc.max-stub-size',
  size,
  1 << 20,
  'maximum bytes kept of the arguments or results of a call',
);
export const DCERPC_OPTIONS = [MAX_TRANSACTIONS, MAX_STUB];

export interface DcerpcSettings {
  readonly maxTransactions: number;
  readonly maxStub: number;
}

export function dcerpcSettings(config: Config): DcerpcSettings {
  return {
    maxTransactions: config.read(MAX_TRANSACTIONS),
    maxStub: config.read(MAX_STUB),
  };
}

/** The values by which a datagram identifies its call. */
export interface Activity {
  readonly uuid: string;
  readonly sequence: number;
}

export class DcerpcTransaction extends TwoSidedTransaction {
  /** Version of the protocol: `5.0` on connections, `4.0` in datagrams. */
  version = '5.0';

  constructor(
    id: number,
    readonly call: Call,
    readonly activity?: Activity,
  ) {
    super(id);
  }
}

export type DcerpcSession = Session<DcerpcTransaction>;

/** Adds a transaction; the oldest is evicted if there are too many. */
export function beginCall(session: DcerpcSession, call: Call, activity?: Activity): DcerpcTransaction {
  const { maxTransactions } = session.settings as DcerpcSettings;
  const { transactions } = session;
  if (transactions.length - session.completed >= maxTransactions) {
    session.completeOldest();
  }
  return session.begin(new DcerpcTransaction(session.transactionCount, call, activity));
}

export function dcerpcRecord({ call, activity, version }: DcerpcTransaction): string {
  const record = {
    ...callMembers(call, activity === undefined),
    ...(activity ? { activityuuid: activity.uuid, seqnum: activity.sequence } : { call_id: call.callId }),
    rpc_version: version,
  };
  return `"dcerpc":${JSON.stringify(record)}`;
}
