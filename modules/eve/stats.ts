/** `stats`: the engine's counters. Rare, and written by the manager, so built from objects. */
import type { Config } from '../../engine/config/config.js';
import type { StatsLog, StatsTree } from '../../engine/stats-record.js';
import { IsoTimestamp } from '../../engine/timestamp.js';
import { type Instance, instancesOf } from './instance.js';

/** The eve-log entries that log statistics. */
export function eveStatistics(config: Config, sensor: string): StatsLog[] {
  const instances = instancesOf(config).filter(instance => instance.types.has('stats'));
  return instances.map(instance => new EveStatistics(instance, sensor));
}

class EveStatistics implements StatsLog {
  readonly file: string;
  private readonly timestamp = new IsoTimestamp();
  private readonly time = new Uint8Array(IsoTimestamp.LENGTH);
  private last: StatsTree = {};

  constructor(
    private readonly instance: Instance,
    private readonly sensor: string,
  ) {
    this.file = instance.file;
  }

  lines(stats: StatsTree, seconds: number, nanoseconds: number): Uint8Array {
    const { prefix } = this.instance;
    const length = this.timestamp.write(seconds, nanoseconds, this.time, 0);
    const record = {
      timestamp: new TextDecoder().decode(this.time.subarray(0, length)),
      ...(this.sensor !== '' && { host: this.sensor }),
      event_type: 'stats',
      stats: this.shown(stats),
    };
    return new TextEncoder().encode(`${prefix}${JSON.stringify(record)}\n`);
  }

  /** The parts that the entry is configured for. */
  private shown({ threads, ...totals }: StatsTree): StatsTree {
    const { stats: settings } = this.instance;
    const shown: StatsTree = { ...(settings.totals ? totals : { uptime: totals.uptime! }) };
    if (settings.threads && threads !== undefined) shown.threads = threads;
    const values = settings.deltas ? withDeltas(shown, this.last) : shown;
    this.last = shown;
    return settings.zeros ? values : withoutZeros(values);
  }
}

/** Adds to each number its change: `pkts`, `pkts_delta`. */
function withDeltas(now: StatsTree, before: StatsTree): StatsTree {
  const tree: StatsTree = {};
  for (const [name, value] of Object.entries(now)) {
    const old = before[name];
    if (isTree(value)) {
      tree[name] = withDeltas(value, isTree(old) ? old : {});
      continue;
    }
    tree[name] = value;
    const isCounter = typeof value === 'number' && name !== 'uptime';
    if (isCounter) tree[`${name}_delta`] = value - (typeof old === 'number' ? old : 0);
  }
  return tree;
}

/** Only counters that are not 0, and groups that contain any. */
function withoutZeros(tree: StatsTree): StatsTree {
  const kept = Object.entries(tree).flatMap(([name, value]): [string, StatsTree[string]][] => {
    if (!isTree(value)) return value === 0 && name !== 'uptime' ? [] : [[name, value]];
    const group = withoutZeros(value);
    return Object.keys(group).length > 0 ? [[name, group]] : [];
  });
  return Object.fromEntries(kept);
}

function isTree(value: StatsTree[string] | undefined): value is StatsTree {
  return typeof value === 'object' && !Array.isArray(value);
}
