import { expect, test } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { StatisticsWriter } from '../../engine/statistics.js';
import type { StatsLog } from '../../engine/stats-record.js';

const START = 1_468_449_727_000;
const log: StatsLog = {
  file: 'a',
  lines: (stats, seconds) => Buffer.from(`${seconds - START / 1000} ${JSON.stringify(stats)}\n`),
};

function run(config: object, ...ticks: number[]): string[] {
  return runFrom(0, config, ...ticks);
}

/** @param begin seconds that the threads took to start */
function runFrom(begin: number, config: object, ...ticks: number[]): string[] {
  const messages: string[] = [];
  const write = (file: string, lines: Uint8Array) =>
    messages.push(`${file}: ${Buffer.from(lines).toString().trim()}`);
  const writer = new StatisticsWriter(new Config({ stats: config }), [log], write, START);
  const take = () => ({ counters: [['decoder.pkts', 3]] as [string, number][] });
  writer.begin(START + begin * 1000);
  for (const tick of ticks) writer.tick(START + tick * 1000, take);
  writer.writeNow(START + 30_500, take);
  return messages.map(line => line.slice(0, 20));
}

test('statistics are written in each interval, once after a pause, and at the end', () => {
  expect(run({ interval: 8 }, 1, 8, 9, 15.9, 25, 26)).toEqual([
    ...['a: 8 {"uptime":8,"de', 'a: 25 {"uptime":25,"', 'a: 30 {"uptime":30,"'],
  ]);
});

test('the first interval begins with the first packet, however long the threads took to start', () => {
  expect(runFrom(20, { interval: 8 }, 20.1, 27, 28, 29)).toEqual([
    'a: 28 {"uptime":28,"',
    'a: 30 {"uptime":30,"',
  ]);
});

test('a clock that is set back is followed', () => {
  expect(run({ interval: 8 }, 8, -3600, -3599, -3592)).toEqual([
    ...['a: 8 {"uptime":8,"de', 'a: -3600 {"uptime":0', 'a: -3592 {"uptime":0', 'a: 30 {"uptime":30,"'],
  ]);
});

test('disabled statistics are not written', () => {
  expect(run({ enabled: 'no' }, 8)).toEqual([]);
});
