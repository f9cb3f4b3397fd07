/**
 * How long a flow lives without packets, by protocol and state; shorter in emergency mode. Time is packet time.
 */
import type { Config } from '../../engine/config/config.js';
import { type AnyOption, integer, option } from '../../engine/config/option.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';

const GROUPS = ['default', 'tcp', 'udp', 'icmp'] as const;
const KINDS = ['new', 'established', 'closed', 'bypassed'] as const;

/** Seconds: normal and in emergency mode, in the order of KINDS. */
const DEFAULTS: Record<(typeof GROUPS)[number], readonly (readonly [number, number])[]> = {
  default: [
    [30, 10],
    [300, 100],
    [0, 0],
    [100, 50],
  ],
  tcp: [
    [60, 10],
    [600, 100],
    [60, 0],
    [100, 50],
  ],
  udp: [
    [30, 10],
    [300, 100],
    [0, 0],
    [100, 50],
  ],
  icmp: [
    [30, 10],
    [300, 100],
    [0, 0],
    [100, 50],
  ],
};

function timeoutOption(group: (typeof GROUPS)[number], kind: number, emergency: boolean) {
  const path = `flow-timeouts.${group}.${emergency ? 'emergency-' : ''}${KINDS[kind]}`;
  const state = `${group === 'default' ? 'other' : group} flows that are ${KINDS[kind]}`;
  const when = emergency ? ' in emergency mode' : '';
  return option(
    path,
    integer(0, 2 ** 31),
    DEFAULTS[group][kind]![emergency ? 1 : 0],
    `seconds without packets after which ${state} end${when}`,
  );
}

export const timeoutOptions: readonly AnyOption[] = GROUPS.flatMap(group =>
  KINDS.flatMap((_, kind) => [timeoutOption(group, kind, false), timeoutOption(group, kind, true)]),
);

const STATES = FlowRecord.STATE_CAPTURE_BYPASSED + 1;

/** Index in KINDS of each STATE_ constant. */
const KIND_OF_STATE = [0, 0, 1, 2, 3, 3];

export class Timeouts {
  /** Seconds by group and state; then the same for emergency mode. */
  private readonly seconds = new Float64Array(2 * GROUPS.length * STATES);
  private readonly groupOf = new Uint8Array(256);
  private shift = 0;
  /** Shortest of all normal ones above zero: packets closer in time than this cannot be of a timed-out flow. */
  readonly shortest: number;

  constructor(config: Config) {
    const usual: number[] = [];
    GROUPS.forEach((group, g) => {
      for (let state = 0; state < STATES; state++) {
        const kind = KIND_OF_STATE[state]!;
        const normal = config.read(timeoutOption(group, kind, false));
        usual.push(normal);
        this.seconds[g * STATES + state] = normal;
        this.seconds[(GROUPS.length + g) * STATES + state] = config.read(timeoutOption(group, kind, true));
      }
    });
    this.shortest = Math.min(...usual.filter(seconds => seconds > 0), 3600);
    this.groupOf[6] = 1;
    this.groupOf[17] = 2;
    this.groupOf[1] = 3;
    this.groupOf[58] = 3;
  }

  /** Switches to the timeouts of emergency mode, or back. */
  set emergency(on: boolean) {
    this.shift = on ? GROUPS.length * STATES : 0;
  }

  /** Idle time in seconds that ends a flow of this protocol in this state. */
  of(protocol: number, state: number): number {
    return this.seconds[this.shift + this.groupOf[protocol & 255]! * STATES + state]!;
  }

  /** Whether the flow at `f = flow * INTS` has timed out at this time. */
  isFinished(row: Int32Array, f: number, seconds: number, nanoseconds: number): boolean {
    const limit = this.of(row[f + FlowRecord.PROTOCOL]!, row[f + FlowRecord.STATE]!);
    const silent = seconds - FlowRecord.lastSecondsOf(row, f);
    return silent > limit || (silent === limit && nanoseconds >= row[f + FlowRecord.LAST_NANOSECONDS]!);
  }
}
