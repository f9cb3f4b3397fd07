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
  'verdict for accepted packets: accept, repeat the rules with a mark, or route to another queue',
);
export const REPEAT_MARK = option('nfq.repeat-mark', MARK, 1, 'mark of packets that pass the rules again');
export const REPEAT_MASK = option('nfq.repeat-mask', MARK, 1, 'bits of the mark that are set');
export const BYPASS_MARK = option('nfq.bypass-mark', MARK, 1, 'mark of packets of bypassed flows');
export const BYPASS_MASK = option('nfq.bypass-mask', MARK, 0, 'bits of the mark that are set; 0: no mark');
export const ROUTE_QUEUE = option('nfq.route-queue', integer(0, 65_535), 2, 'target queue in mode route');
export const BATCH_COUNT = option(
  'nfq.batchcount',
  integer(0, 1024),
  0,
  'maximum verdicts sent at once; 0: all of a batch',
);
export const FAIL_OPEN = option(
  'nfq.fail-open',
  boolean,
  false,
  'accept packets when the queue is full or a thread has failed, instead of dropping them',
);

export const DRIVER = option(
  'nfq.driver',
  choice('netlink', 'node-nfqueue'),
  'netlink',
  'driver for kernel queues: the addon, or the package nfqueue, which must be installed separately',
);
export const QUEUES = option('nfq.queues', tree, [], 'queue numbers; given by -q');
export const QUEUE_LENGTH = option(
  'nfq.queue-length',
  integer(1, 1 << 20),
  4096,
  'maximum packets waiting for a verdict, per queue',
);
export const COPY_RANGE = option(
  'nfq.copy-range',
  integer(64, 65_531),
  65_531,
  'bytes of a packet that are inspected; only complete packets can be modified',
);
export const RECEIVE_BUFFER = option(
  'nfq.receive-buffer',
  size,
  32 * 2 ** 20,
  'kernel memory for packets not yet received, per queue',
);
export const BUSY_POLL = option(
  'nfq.busy-poll',
  integer(0, 10_000),
  0,
  'microseconds for which a thread polls for the next packet before it sleeps',
);
export const GSO = option(
  'nfq.gso',
  boolean,
  true,
  'receive large packets of segmentation offloading unsegmented, which is much faster',
);
export const CONNTRACK = option(
  'nfq.conntrack',
  boolean,
  false,
  'receive the conntrack data of packets, for EVE records',
);
export const TIMESTAMPS = option(
  'nfq.timestamps',
  choice('kernel', 'receive'),
  'kernel',
  'packet time: arrival in the kernel, or reception by the engine',
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
  'maximum time a packet may have waited before inspection; 0: no limit',
);
export const BUDGET_POLICY = option(
  'nfq.verdict-budget-policy',
  choice('pass', 'drop'),
  'drop',
  'handling of packets that waited longer: accept without inspection, or drop',
);
export const REJECT_DEVICE = option('reject.device', text, '', 'device from which reject packets are sent');
export const REJECT_MARK = option(
  'reject.mark',
  MARK,
  0,
  'mark of reject packets, so that firewall rules can keep them out of the queue; 0: none',
);
