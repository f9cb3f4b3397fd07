/** Bypassed flows leave the queue: by mark, and by a set of the firewall to which a program adds them. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as Flow from '../../engine/flow/flow-record.js';
import { flowRows } from '../../engine/flow/flow-record.js';
import { LineTemplate } from '../../modules/nfqueue/bypass-hook.js';
import { until } from '../until.js';
import { missing, Network, SERVER_V4, SERVER_V6 } from './network.js';
import { Server, sendInTwo } from './peers.js';
import { PROGRAM, Sensor } from './sensor.js';

describe('the line written to the hook program', () => {
  const flows = flowRows(new SharedArrayBuffer(4 * Flow.INTS * 4));
  const f = 2 * Flow.INTS;
  flows.row[f + Flow.IP_VERSION] = 4;
  flows.row[f + Flow.CLIENT_PORT] = 40000;
  flows.row[f + Flow.SERVER_PORT] = 443;
  flows.row[f + Flow.PROTOCOL] = 6;
  flows.bytes.set([10, 0, 0, 1], (f + Flow.CLIENT_ADDRESS) * 4);
  flows.bytes.set([192, 168, 200, 9], (f + Flow.SERVER_ADDRESS) * 4);
  const written = (template: string): string => {
    const { bytes, length } = new LineTemplate(template).write(flows, 2);
    return Buffer.from(bytes.subarray(0, length)).toString();
  };

  it('has the fields of the flow', () => {
    expect(
      written('add b<version> { <client> . <client-port> . <server> . <server-port> . <protocol> }'),
    ).toBe('add b4 { 10.0.0.1 . 40000 . 192.168.200.9 . 443 . 6 }\n');
  });

  it('has short IPv6 addresses', () => {
    flows.row[f + Flow.IP_VERSION] = 6;
    flows.bytes.set([0xfd, 9, ...new Array(13).fill(0), 2], (f + Flow.CLIENT_ADDRESS) * 4);
    expect(written('<client>')).toBe('fd09::2\n');
  });

  it('rejects unknown fields', () => {
    expect(() => new LineTemplate('<clint>')).toThrow(/unknown field <clint>; expected <version>, <client>/);
  });
});

const RULES = `
pass tcp any any -> any 9000 (content:"trusted"; bypass; sid:1;)
drop tcp any any -> any 9000 (content:"topsecret"; sid:2;)
`;

const WAYS = [
  { name: 'by mark', gate: [], words: ['--set', 'nfq.bypass-mask=1'] },
  {
    name: 'by sets of nftables',
    gate: ['--bypass-sets'],
    words: ['--set', 'nfq.bypass-hook.command=nft -i'],
  },
];
const hasNft = ['/usr/sbin/nft', '/sbin/nft', '/usr/bin/nft'].some(existsSync);

describe.skipIf(missing() !== undefined)('bypassed flows', () => {
  it.each(WAYS.filter(({ gate }) => hasNft || gate.length === 0))(
    'are not queued any more ($name)',
    async ({ gate, words }) => {
      const network = new Network();
      const sluice = (...command: string[]) =>
        network.run('gate', process.execPath, PROGRAM, 'gate', ...command);
      sluice('up', '--mark', '0x1/0x1', ...gate);
      const server = new Server(network);
      const sensor = new Sensor(network, { rules: RULES, words });
      try {
        await server.ready();
        await sensor.ready();
        for (const host of [SERVER_V4, SERVER_V6]) {
          const sending = sendInTwo(network, host, `trusted ${host} `, `topsecret ${host}`);
          await server.hears(({ data }) => data === `trusted ${host} `, 'the first half');
          if (gate.length > 0) {
            const set = host === SERVER_V4 ? 'bypass4' : 'bypass6';
            await until(
              () => network.run('gate', 'nft', 'list', 'set', 'inet', 'sluice', set).includes(host),
              () => sensor.output,
            );
          }
          sending.goOn();
          expect(await sending.ending).toEqual({ how: 'closed' });
          await server.hears(({ data }) => data === `trusted ${host} topsecret ${host}`, 'all of it');
        }
        expect(await sensor.stop()).toBe(0);
        // A connection has ten packets; none came after the bypass.
        expect(sensor.stats().nfq!.packets).toBeLessThan(16);
        const flows = sensor.records('flow').filter(({ dest_port }) => dest_port === 9000);
        expect(flows.map(({ flow }) => flow)).toMatchObject([
          { state: 'bypassed', bypass: 'capture' },
          { state: 'bypassed', bypass: 'capture' },
        ]);
        sluice('down');
        expect(network.run('gate', 'nft', 'list', 'tables')).not.toContain('sluice');
      } finally {
        sensor.remove();
        network.close();
      }
    },
  );
});
