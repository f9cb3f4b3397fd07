import { describe, expect, it } from 'vitest';
import type { Runner } from '../../engine/cli/gate/runner.js';
import {
  type GateOptions,
  gateDown,
  gateRules,
  gateStatus,
  gateUp,
  removalRules,
} from '../../engine/cli/gate.js';
import { missing, Network, SERVER_V4 } from './network.js';
import { ping } from './peers.js';

const PLAIN: GateOptions = { queues: [0, 0], hooks: ['FORWARD'], ports: [], bypass: true, bypassSets: false };
const text = (options: Partial<GateOptions>): string[] =>
  gateRules({ ...PLAIN, ...options }).map(rule => rule.join(' '));

describe('rules of the gate', () => {
  it('queue forwarded packets, and pass them if no program listens', () => {
    expect(text({})).toEqual([
      '-N SLUICE',
      '-A SLUICE -j NFQUEUE --queue-num 0 --queue-bypass',
      '-I FORWARD 1 -j SLUICE',
    ]);
  });

  it('distribute connections over queues, for some devices and ports', () => {
    const rules = text({ queues: [0, 3], in: 'eth0', out: 'eth1', ports: [80, 443], bypass: false });
    expect(rules).toContain('-A SLUICE -j NFQUEUE --queue-balance 0:3');
    expect(rules).toContain('-I FORWARD 1 -i eth0 -o eth1 -p tcp -m multiport --ports 80,443 -j SLUICE');
    expect(rules).toContain('-I FORWARD 1 -i eth0 -o eth1 -p udp -m multiport --ports 80,443 -j SLUICE');
  });

  it('keep marked packets and their connections out of the queue', () => {
    const rules = text({ mark: '0x2/0x2' });
    expect(rules.indexOf('-A SLUICE -m mark --mark 0x2/0x2 -j RETURN')).toBeLessThan(
      rules.indexOf('-A SLUICE -j NFQUEUE --queue-num 0 --queue-bypass'),
    );
    expect(rules).toContain(
      '-A SLUICE_SAVE -m mark --mark 0x2/0x2 -j CONNMARK --save-mark --nfmask 0x2 --ctmask 0x2',
    );
  });

  it('are removed with their chains, and no others', () => {
    const listing = [
      '-P FORWARD ACCEPT',
      '-N OTHER',
      '-N SLUICE',
      '-A FORWARD -i eth0 -j SLUICE',
      '-A FORWARD -j OTHER',
      '-A SLUICE -j NFQUEUE --queue-num 0',
    ].join('\n');
    expect(removalRules(listing).map(rule => rule.join(' '))).toEqual([
      '-D FORWARD -i eth0 -j SLUICE',
      '-F SLUICE',
      '-X SLUICE',
    ]);
  });
});

describe('without permission', () => {
  const forbidden = (program: string): string => {
    throw Object.assign(new Error('failed'), {
      stderr: `${program}: Permission denied (you must be root)\n`,
    });
  };

  it('the error is reported, not a missing gate', () => {
    for (const action of [gateStatus, gateDown, (runner: Runner) => gateUp(PLAIN, runner)])
      expect(() => action(forbidden)).toThrow('iptables: iptables: Permission denied (you must be root)');
  });

  it('for some of the programs, the gate of the others is shown', () => {
    const runner = (program: string): string =>
      program === 'ip6tables' ? '-N SLUICE\n' : forbidden(program);
    expect(gateStatus(runner)).toBe('ip6tables:\n-N SLUICE\n');
  });
});

describe.skipIf(missing() !== undefined)('a gate', () => {
  it('is created, replaced and removed without a trace', async () => {
    const network = new Network();
    const runner = (program: string, words: readonly string[]): string =>
      network.run('gate', program, ...words);
    const tables = (): string =>
      ['iptables', 'ip6tables', 'iptables-legacy', 'ip6tables-legacy']
        .map(program => runner(program, ['-t', 'mangle', '-S']))
        .join('');
    try {
      runner('iptables-legacy', ['-t', 'mangle', '-A', 'FORWARD', '-p', 'sctp', '-j', 'ACCEPT']);
      // Some programs create their table when first run.
      gateUp(PLAIN, runner);
      gateDown(runner);
      const before = tables();
      gateUp({ ...PLAIN, ports: [80, 443], mark: '0x1/0x1' }, runner);
      gateUp({ ...PLAIN, bypass: false }, runner);
      expect(tables()).toContain('-A SLUICE -j NFQUEUE --queue-num 0\n');
      expect(await ping(network, SERVER_V4, 2)).toBe(0);
      expect(gateDown(runner)).toBeGreaterThan(0);
      expect(tables()).toBe(before);
      expect(await ping(network, SERVER_V4, 2)).toBe(2);
      expect(gateDown(runner)).toBe(0);
    } finally {
      network.close();
    }
  });
});
