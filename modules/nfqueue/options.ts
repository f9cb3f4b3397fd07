/** Options of netfilter queues: the first ones under Suricata's names. */
import {
  boolean,
  choice,
  integer,
  type OptionType,
  option,
  size,
  text,
  tree,
} from '../../engine/config/option.js';

const MARK = integer(0, 0xffffffff);

export const MODE = option(
  'nfq.mode',
  choice('accept', 'repeat', 'route'),
  'accept',
  'what becomes of packets that pass: accepted, seen by the rules once more with a mark, or sent to another queue',
);
export const REPEAT_MARK = option('nfq.repeat-mark', MARK, 1, 'mark of packets that rules see once more');
export const REPEAT_MASK = option('nfq.repeat-mask', MARK, 1, 'bits of the mark that are changed');
export const BYPASS_MARK = option('nfq.bypass-mark', MARK, 1, 'mark of packets of a flow that is bypassed');
export const BYPASS_MASK = option(
  'nfq.bypass-mask',
  MARK,
  0,
  'bits of the mark that are changed; 0: no mark',
);
export const ROUTE_QUEUE = option('nfq.route-queue', integer(0, 65_535), 2, 'queue in mode route');
export const BATCH_COUNT = option(
  'nfq.batchcount',
  integer(0, 1024),
  0,
  'verdicts sent at once at most; 0: all of the packets that the engine works on together',
);
export const FAIL_OPEN = option(
  'nfq.fail-open',
  boolean,
  false,
  'accept packets that the queue has no room for, and those a failed thread leaves, instead of dropping them',
);

export const DRIVER = option(
  'nfq.driver',
  choice('netlink', 'node-nfqueue'),
  'netlink',
  'how packets come from the kernel: the addon, or the package nfqueue, which is to be installed besides',
);
export const QUEUES = option('nfq.queues', tree, [], 'queue numbers; given by -q');
export const QUEUE_LENGTH = option(
  'nfq.queue-length',
  integer(1, 1 << 20),
  4096,
  'packets that wait for a verdict at most, for each queue',
);
export const COPY_RANGE = option(
  'nfq.copy-range',
  integer(64, 65_531),
  65_531,
  'bytes of a packet that are inspected; only whole packets can be changed',
);
export const RECEIVE_BUFFER = option(
  'nfq.receive-buffer',
  size,
  32 * 2 ** 20,
  'memory of the kernel for packets that were not fetched yet, for each queue',
);
export const BUSY_POLL = option(
  'nfq.busy-poll',
  integer(0, 10_000),
  0,
  'microseconds for which a thread looks for the next packet after the last one before it sleeps',
);
export const GSO = option(
  'nfq.gso',
  boolean,
  true,
  'take large packets of segmentation offloading as they are, which is much faster',
);
export const CONNTRACK = option(
  'nfq.conntrack',
  boolean,
  false,
  'have packets told with what the kernel knows of their connection, for EVE records',
);
export const TIMESTAMPS = option(
  'nfq.timestamps',
  choice('kernel', 'receive'),
  'kernel',
  'when a packet came: into the kernel, or into the engine',
);

/** `50ms`, `2s`, `500us`; a number is milliseconds. Microseconds. */
const duration: OptionType<number> = {
  expected: 'a time such as 50ms, 500us or 1s',
  parse(value) {
    const match = /^\s*(\d+(?:\.\d+)?)\s*(us|ms|s|)\s*$/i.exec(String(value));
    if (!match) return undefined;
    const unit = { us: 1, s: 1e6, ms: 1000, '': 1000 }[match[2]!.toLowerCase()]!;
    return Math.round(Number(match[1]) * unit);
  },
};
export const VERDICT_BUDGET = option(
  'nfq.verdict-budget',
  duration,
  0,
  'longest time a packet may have waited when its turn comes; 0: any',
);
export const BUDGET_POLICY = option(
  'nfq.verdict-budget-policy',
  choice('pass', 'drop'),
  'drop',
  'what becomes of packets that waited longer: passed without inspection, or dropped',
);
export const REJECT_DEVICE = option('reject.device', text, '', 'device that rejecting packets leave from');
export const REJECT_MARK = option(
  'reject.mark',
  MARK,
  0,
  'mark of rejecting packets, so that rules can keep them out of the queue; 0: none',
);
