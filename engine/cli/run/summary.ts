/** Summary of a run as a table. */
import { grouped } from './progress.js';

export interface RunFacts {
  readonly seconds: number;
  readonly counters: ReadonlyMap<string, number>;
  readonly logFolder: string;
}

/** Rows that are omitted when zero; the others are always shown. */
const WHEN_NOT_ZERO = new Set([
  'dropped',
  'rejected',
  'filtered',
  'damaged captures',
  'invalid packets',
  'events lost',
]);

export function summary({ seconds, counters, logFolder }: RunFacts): string {
  const of = (...names: string[]): number => names.reduce((sum, name) => sum + (counters.get(name) ?? 0), 0);
  const packets = of('decoder.pkts');
  const bytes = of('decoder.bytes');
  const rows: [string, string][] = [
    ['packets', `${grouped(packets)} (${grouped(seconds > 0 ? packets / seconds : 0)} per second)`],
    ['bytes', `${grouped(bytes)} (${(seconds > 0 ? bytes / seconds / 1e6 : 0).toFixed(1)} MB/s)`],
    ['flows', grouped(of('flow.total'))],
    ['alerts', grouped(of('detect.alert'))],
    ['dropped', grouped(of('ips.blocked'))],
    ['rejected', grouped(of('ips.rejected'))],
    ['filtered', grouped(of('pcap_file.filtered_bpf'))],
    ['invalid packets', grouped(of('decoder.invalid'))],
    ['events lost', grouped(of('outputs.lost'))],
    ['damaged captures', grouped(of('pcap_file.errors'))],
    ['time', `${seconds.toFixed(2)} s`],
    ['logs', logFolder],
  ];
  const shown = rows.filter(([name, value]) => value !== '0' || !WHEN_NOT_ZERO.has(name));
  return `${shown.map(([name, value]) => `  ${name.padEnd(17)} ${value}`).join('\n')}\n`;
}
