/** `stats`: the engine's counters. Rare, so made as objects. */

import type { Subject } from '../../engine/record/subject.js';
import type { StatsTree } from '../../engine/stats-record.js';
import type { Writer } from './writer.js';

const encoder = new TextEncoder();
const TYPE = encoder.encode('stats');

/** Writes the records of one entry, and remembers the last one where changes are asked for. */
export class StatsRecords {
  private last: StatsTree = {};

  write(writer: Writer, subject: Subject): void {
    const { json, header, instance } = writer;
    const { stats } = JSON.parse(`{${subject.payloadText()}}`) as { stats: StatsTree };
    const { threads, ...totals } = stats;
    const shown: StatsTree = { ...(instance.stats.totals ? totals : { uptime: totals.uptime! }) };
    if (instance.stats.threads && threads !== undefined) shown.threads = threads;
    const told = instance.stats.deltas ? withDeltas(shown, this.last) : shown;
    this.last = shown;
    header.writeBare(json, subject, TYPE);
    const members = encoder.encode(JSON.stringify({ stats: told }).slice(1, -1));
    json.members(members, 0, members.length);
    json.close();
  }
}

/** Beside each number its change: `pkts`, `pkts_delta`. */
function withDeltas(now: StatsTree, before: StatsTree): StatsTree {
  const tree: StatsTree = {};
  for (const [name, value] of Object.entries(now)) {
    const old = before[name];
    if (typeof value === 'object' && !Array.isArray(value)) {
      tree[name] = withDeltas(value as StatsTree, isTree(old) ? old : {});
    } else {
      tree[name] = value;
      if (typeof value === 'number' && name !== 'uptime')
        tree[`${name}_delta`] = value - (typeof old === 'number' ? old : 0);
    }
  }
  return tree;
}

function isTree(value: StatsTree[string] | undefined): value is StatsTree {
  return typeof value === 'object' && !Array.isArray(value);
}
