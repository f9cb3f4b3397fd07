/** stats.log: a periodic table of the counters. */
import type { Config } from '../engine/config/config.js';
import { boolean, option, text } from '../engine/config/option.js';
import { logFolder, logPath, outputEntries, outputs } from '../engine/config/output-list.js';
import { defineModule } from '../engine/module.js';
import type { StatsLog } from '../engine/stats-record.js';
import { statsTable } from './stats/table.js';

const enabled = option('outputs.*.stats.enabled', boolean, true, 'enable stats.log');
const filename = option('outputs.*.stats.filename', text, 'stats.log', 'file name');
const totals = option('outputs.*.stats.totals', boolean, true, 'log totals of all threads');
const threads = option('outputs.*.stats.threads', boolean, false, 'log counters per thread');
const zeros = option('outputs.*.stats.null-values', boolean, false, 'also log counters that are 0');

export default defineModule({
  summary: 'writes tables of the counters',
  kind: 'output',
  options: [outputs, logFolder, enabled, filename, totals, threads, zeros],
  wants: () => [],
  statistics: config => outputEntries(config, 'stats').map(entry => logOf(config, entry)),
  // The manager writes the tables: packets are not used.
  create: () => ({ process() {} }),
});

function logOf(config: Config, entry: Config): StatsLog {
  const settings = {
    totals: entry.read({ ...totals, path: 'totals' }),
    threads: entry.read({ ...threads, path: 'threads' }),
    zeros: entry.read({ ...zeros, path: 'null-values' }),
  };
  return {
    file: logPath(config, entry.read({ ...filename, path: 'filename' })),
    lines: (stats, seconds) => new TextEncoder().encode(statsTable(stats, seconds, settings)),
  };
}
