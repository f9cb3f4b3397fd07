/** stats.log: a table of the counters, now and then. */
import type { Batch } from '../engine/batch.js';
import type { Config } from '../engine/config/config.js';
import { boolean, option, text } from '../engine/config/option.js';
import { logFolder, logPath, outputEntries, outputs } from '../engine/config/output-list.js';
import { EVENT_STATS } from '../engine/event.js';
import { defineModule, type LogWriter, type Thread, type ThreadModule } from '../engine/module.js';
import * as Packet from '../engine/packet.js';
import { Subject } from '../engine/record/subject.js';
import type { StatsTree } from '../engine/stats-record.js';
import { statsTable } from './stats/table.js';

const enabled = option('outputs.*.stats.enabled', boolean, true, 'whether stats.log is written');
const filename = option('outputs.*.stats.filename', text, 'stats.log', 'file of the tables');
const totals = option('outputs.*.stats.totals', boolean, true, 'numbers of all threads together');
const threads = option('outputs.*.stats.threads', boolean, false, 'numbers of each thread');
const zeros = option('outputs.*.stats.null-values', boolean, false, 'numbers that are 0, too');

export default defineModule({
  summary: 'writes tables of the counters',
  kind: 'output',
  options: [outputs, logFolder, enabled, filename, totals, threads, zeros],
  wants: config => (outputEntries(config, 'stats').length > 0 ? [EVENT_STATS] : []),
  create: thread => new Stats(thread),
});

interface StatsLog {
  readonly file: LogWriter;
  readonly totals: boolean;
  readonly threads: boolean;
  readonly zeros: boolean;
}

class Stats implements ThreadModule {
  private readonly subject: Subject;
  private readonly logs: readonly StatsLog[];

  constructor(thread: Thread) {
    this.subject = new Subject(thread.memory, thread.flows);
    this.logs = outputEntries(thread.config, 'stats').map(entry => logOf(thread, entry));
  }

  process(batch: Batch): void {
    const { row } = this.subject;
    for (let i = 0; i < batch.length; i++) {
      const e = batch.slots[i]! * Packet.INTS;
      if (row[e + Packet.PSEUDO] !== Packet.PSEUDO_EVENT || row[e + Packet.EVENT_KIND] !== EVENT_STATS)
        continue;
      this.subject.load(batch.slots[i]!);
      for (const log of this.logs) this.write(log);
    }
  }

  private write(log: StatsLog): void {
    const { subject } = this;
    const { stats } = JSON.parse(`{${subject.payloadText()}}`) as { stats: StatsTree };
    const bytes = new TextEncoder().encode(statsTable(stats, subject.field(Packet.SECONDS), log));
    log.file.write(bytes, 0, bytes.length);
  }
}

function logOf(thread: Thread, entry: Config): StatsLog {
  const path = logPath(thread.config, entry.read({ ...filename, path: 'filename' }));
  return {
    file: thread.openLog(path),
    totals: entry.read({ ...totals, path: 'totals' }),
    threads: entry.read({ ...threads, path: 'threads' }),
    zeros: entry.read({ ...zeros, path: 'null-values' }),
  };
}
