/** One table of stats.log. */
import type { StatsTree } from '../../engine/stats-record.js';

const RULE = '-'.repeat(84);

export interface TableSettings {
  readonly totals: boolean;
  readonly threads: boolean;
  readonly zeros: boolean;
}

/**
 * @param stats the tree of a statistics record
 * @param seconds time of the record since the epoch
 */
export function statsTable(stats: StatsTree, seconds: number, settings: TableSettings): string {
  const { threads, uptime, ...totals } = stats;
  const rows = settings.totals ? rowsOf(totals, 'Total', settings.zeros) : [];
  if (settings.threads && typeof threads === 'object' && !Array.isArray(threads)) {
    for (const [name, tree] of Object.entries(threads as StatsTree)) {
      rows.push(...rowsOf(tree as StatsTree, name, settings.zeros));
    }
  }
  const date = `Date: ${dateText(new Date(seconds * 1000))} (uptime: ${uptimeText(Number(uptime ?? 0))})`;
  return `${[RULE, date, RULE, row('Counter', 'TM Name', 'Value'), RULE, ...rows].join('\n')}\n`;
}

function rowsOf(tree: StatsTree, thread: string, zeros: boolean): string[] {
  return countersOf(tree, '')
    .filter(([, value]) => zeros || value !== 0)
    .map(([name, value]) => row(name, thread, String(value)));
}

/** Counters with their dotted names. */
function countersOf(tree: StatsTree, prefix: string): [string, number][] {
  return Object.entries(tree).flatMap(([name, value]): [string, number][] => {
    if (typeof value === 'number') return [[prefix + name, value]];
    if (typeof value !== 'object' || Array.isArray(value)) return [];
    return countersOf(value as StatsTree, `${prefix}${name}.`);
  });
}

function row(counter: string, thread: string, value: string): string {
  return `${counter.padEnd(45)} | ${thread.padEnd(25)} | ${value}`;
}

function dateText(date: Date): string {
  const day = `${date.getMonth() + 1}/${date.getDate()}/${String(date.getFullYear()).padStart(4, '0')}`;
  return `${day} -- ${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`;
}

function uptimeText(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const rest = Math.floor(seconds % 86400);
  return `${days}d, ${twoDigits(Math.floor(rest / 3600))}h ${twoDigits(Math.floor(rest / 60) % 60)}m ${twoDigits(rest % 60)}s`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
