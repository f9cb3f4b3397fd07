import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Config } from '../../engine/config/config.js';
import * as Event from '../../engine/event.js';
import * as Packet from '../../engine/packet.js';
import { statsTree } from '../../engine/stats-record.js';
import { IsoTimestamp, LineTimestamp } from '../../engine/timestamp.js';
import fast from '../../modules/fast.js';
import stats from '../../modules/stats.js';
import { alert, event, linesOf, outputThread, SIGNATURE, tcpPacket } from './occurrence.js';

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'UTC';
});
afterAll(() => {
  process.env.TZ = zone;
});

describe('fast.log', () => {
  const lines = async (signature: object, fields: Record<number, number> = {}, more = {}) => {
    const thread = outputThread([{ fast: { enabled: true } }], [{ ...SIGNATURE, ...signature }], more);
    return linesOf(thread, fast, '/log/fast.log', alert(thread, tcpPacket(thread, '', fields)));
  };

  test('has one line per alert', async () => {
    expect(await lines({})).toEqual([
      '07/13/2016-22:42:07.573103  [**] [1:1000001:2] an "evil" thing ✓ [**] [Classification: Misc activity] ' +
        '[Priority: 3] {TCP} 192.0.2.1:1234 -> 198.51.100.2:80',
    ]);
  });

  test('the output syslog sends the same line without a time', async () => {
    const thread = outputThread([{ syslog: { level: 'Notice' } }], [SIGNATURE]);
    const file = 'syslog of alerts 0';
    expect(await linesOf(thread, fast, file, alert(thread, tcpPacket(thread, '')))).toEqual([
      '[1:1000001:2] an "evil" thing ✓ [Classification: Misc activity] [Priority: 3] ' +
        '{TCP} 192.0.2.1:1234 -> 198.51.100.2:80',
    ]);
    expect(fast.wants!(thread.config)).toEqual([Event.EVENT_ALERT]);
    expect(fast.openLog!('/log/fast.log', thread.config, () => {})).toBeUndefined();
  });

  test.each(['drop', 'reject', 'rejectboth'])(
    '%s is marked Drop inline, and wDrop in IDS mode',
    async action => {
      expect(await lines({ action })).toEqual([expect.stringContaining('  [wDrop] [**] ')]);
      expect(await lines({ action }, {}, { 'engine-mode': 'ips' })).toEqual([
        expect.stringContaining('  [Drop] [**] '),
      ]);
    },
  );

  test('has alerts without a classification, and of packets without addresses', async () => {
    const [line] = await lines({ category: '' }, { [Packet.IP_VERSION]: 0, [Packet.FLOW]: -1 });
    expect(line).toContain('[Classification: (null)] [Priority: 3] [**] [Raw pkt: 66 77 88 99 aa bb 00 11 ');
    expect(line).toMatch(/ \] \[pcap file packet: 1\]$/);
  });

  test('other events are not logged; a disabled log wants no events', async () => {
    const thread = outputThread([{ fast: { filename: '/elsewhere/alerts' } }]);
    const root = tcpPacket(thread, '');
    expect(await linesOf(thread, fast, '/elsewhere/alerts', event(thread, Event.EVENT_DROP, root))).toEqual(
      [],
    );
    expect(fast.wants!(thread.config)).toEqual([Event.EVENT_ALERT]);
    expect(fast.wants!(new Config({ outputs: [{ fast: { enabled: 'no' } }] }))).toEqual([]);
  });
});

test('stats.log is a table', () => {
  const [log] = stats.statistics!(
    new Config({ 'default-log-dir': '/log', outputs: [{ stats: { threads: 'yes' } }] }),
  );
  const tree = statsTree({
    uptimeSeconds: 90061,
    counters: [
      ['decoder.pkts', 3],
      ['decoder.bytes', 0],
    ],
    threads: new Map([['worker-1', [['decoder.pkts', 3] as const]]]),
    more: { 'detect.engines': [{ id: 0, rules_loaded: 1 }] },
  });
  expect(log!.file).toBe('/log/stats.log');
  const rule = '-'.repeat(84);
  expect(new TextDecoder().decode(log!.lines(tree, 1468449727, 0)).split('\n')).toEqual([
    rule,
    'Date: 7/13/2016 -- 22:42:07 (uptime: 1d, 01h 01m 01s)',
    rule,
    `${'Counter'.padEnd(45)} | ${'TM Name'.padEnd(25)} | Value`,
    rule,
    `${'decoder.pkts'.padEnd(45)} | ${'Total'.padEnd(25)} | 3`,
    `${'decoder.pkts'.padEnd(45)} | ${'worker-1'.padEnd(25)} | 3`,
    '',
  ]);
});

test('counters become a tree; a group replaces a number of its name', () => {
  const counters: [string, number][] = [
    ['a.b', 1],
    ['a', 2],
    ['c', 3],
    ['c.d', 4],
  ];
  expect(statsTree({ uptimeSeconds: 5, counters })).toEqual({ uptime: 5, a: { b: 1 }, c: { d: 4 } });
});

test('the average packet size follows from packets and bytes', () => {
  const counters: [string, number][] = [
    ['decoder.pkts', 7],
    ['decoder.bytes', 447],
  ];
  const decoder = { pkts: 7, bytes: 447, avg_pkt_size: 63 };
  expect(statsTree({ uptimeSeconds: 0, counters })).toEqual({ uptime: 0, decoder });
});

test.each([
  ['UTC', '2016-07-13T22:42:07.000001+0000', '07/13/2016-22:42:07.000001'],
  ['Asia/Kolkata', '2016-07-14T04:12:07.000001+0530', '07/14/2016-04:12:07.000001'],
  ['America/St_Johns', '2016-07-13T20:12:07.000001-0230', '07/13/2016-20:12:07.000001'],
])('times in %s', (name, iso, line) => {
  process.env.TZ = name;
  const out = new Uint8Array(64);
  const text = (length: number) => Buffer.from(out.subarray(0, length)).toString();
  expect(text(new IsoTimestamp().write(1468449727, 1999, out, 0))).toBe(iso);
  expect(text(new LineTimestamp().write(1468449727, 1999, out, 0))).toBe(line);
  process.env.TZ = 'UTC';
});
