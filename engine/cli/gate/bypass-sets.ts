/**
 * nftables sets that bypassed flows are added to: a table of our own marks their packets before the gate's chain checks
 * marks. Removing the table removes everything.
 */
import type { Runner } from './runner.js';

const PROGRAM = 'nft';
const TABLE = ['inet', 'sluice'];

/** Commands, as words of nft. @param mark `0x1` or `0x1/0x1`, the one that the gate does not queue */
function bypassSetCommands(mark: string): readonly (readonly string[])[] {
  const [value, mask = 'ffffffff'] = mark.split('/');
  const bits = Number(value);
  const kept = (~Number(mask) >>> 0).toString(16);
  const set = `meta mark set meta mark and 0x${mask === 'ffffffff' ? '0' : kept} or 0x${bits.toString(16)}`;
  return [
    ['add', 'table', ...TABLE],
    ...(['4', '6'] as const).map(version => ['add', 'set', ...TABLE, `bypass${version}`, setType(version)]),
    // Before the gate's chain in mangle (-150).
    ['add', 'chain', ...TABLE, 'bypass', '{ type filter hook prerouting priority -160; }'],
    ...(['4', '6'] as const).flatMap(version => {
      const ip = version === '4' ? 'ip' : 'ip6';
      return [
        [`${ip} saddr . th sport . ${ip} daddr . th dport`],
        [`${ip} daddr . th dport . ${ip} saddr . th sport`],
      ].map(way => ['add', 'rule', ...TABLE, 'bypass', `${way} . meta l4proto @bypass${version} ${set}`]);
    }),
  ];
}

function setType(version: '4' | '6'): string {
  const address = `ipv${version}_addr`;
  return `{ type ${address} . inet_service . ${address} . inet_service . inet_proto; flags timeout; size 65536; }`;
}

export function createBypassSets(mark: string, runner: Runner): void {
  for (const command of bypassSetCommands(mark)) runner(PROGRAM, command);
}

/** @returns tables removed */
export function removeBypassSets(runner: Runner): number {
  if (!listed(runner).includes(`table ${TABLE.join(' ')}`)) return 0;
  runner(PROGRAM, ['delete', 'table', ...TABLE]);
  return 1;
}

/** The table as listed by nft; empty if there is none. */
export function bypassSetStatus(runner: Runner): string {
  if (!listed(runner).includes(`table ${TABLE.join(' ')}`)) return '';
  return `nft:\n${runner(PROGRAM, ['list', 'table', ...TABLE])}`;
}

function listed(runner: Runner): string {
  try {
    return runner(PROGRAM, ['list', 'tables']);
  } catch {
    // Without nft there are no sets.
    return '';
  }
}

export function plannedBypassSets(mark: string): string {
  return bypassSetCommands(mark)
    .map(words => `${PROGRAM} ${words.map(word => (/[ ;{]/.test(word) ? `'${word}'` : word)).join(' ')}\n`)
    .join('');
}
