/** Coverage as text and as JSON. */
import { type Coverage, type CoveredRule, STAGES_REACHED } from './coverage.js';
import type { Traffic } from './traffic.js';

/** Maximum number of list entries shown. */
const MAX_LISTED = 12;

const STAGES: Readonly<Record<CoveredRule['stage'], string>> = {
  header: 'could not fire: the header applied to no packet',
  buffers: 'could not fire: the inspected buffer was never present',
  pattern: 'could have fired: the pattern was not found',
  conditions: 'could have fired: a condition failed',
  matched: 'matched',
};

/** @param list list the rules themselves, not only their number */
export function coverageText({ traffic, rules, damaged }: Coverage, list: boolean): string {
  const could = rules.filter(rule => rule.stage !== 'header' && rule.stage !== 'buffers').length;
  return [
    ...trafficLines(traffic),
    '',
    `${could} of ${rules.length} rules could have fired.`,
    ...STAGES_REACHED.toReversed().flatMap(stage =>
      stageLines(
        stage,
        rules.filter(rule => rule.stage === stage),
        list,
      ),
    ),
    ...(damaged ? ['', 'The capture could not be read to its end.'] : []),
    '',
  ].join('\n');
}

function stageLines(stage: CoveredRule['stage'], rules: readonly CoveredRule[], list: boolean): string[] {
  const lines = [`  ${rules.length} ${STAGES[stage]}`];
  const reasons = new Map<string, CoveredRule[]>();
  for (const rule of rules) {
    const members = reasons.get(rule.reason);
    if (members) members.push(rule);
    else reasons.set(rule.reason, [rule]);
  }
  const sorted = [...reasons].sort((a, b) => b[1].length - a[1].length);
  for (const [reason, members] of list ? sorted : sorted.slice(0, MAX_LISTED)) {
    if (reason !== '') lines.push(`    ${members.length} ${reason}`);
    if (list) lines.push(...members.map(({ gid, sid, msg }) => `      ${gid}:${sid} ${msg}`));
  }
  if (!list && sorted.length > MAX_LISTED) lines.push(`    and ${sorted.length - MAX_LISTED} more reasons`);
  return lines;
}

function trafficLines(traffic: Traffic): string[] {
  return [
    `${traffic.packets} packets: ${counted(traffic.transports)}`,
    `ports: ${counted(traffic.ports)}`,
    `application protocols: ${counted(traffic.applications)}`,
    `transactions: ${counted(traffic.transactions)}`,
    `buffers: ${counted(traffic.buffers)}`,
  ];
}

function counted(counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return 'none';
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const shown = sorted.slice(0, MAX_LISTED).map(([name, count]) => `${name} (${count})`);
  return shown.join(', ') + (sorted.length > MAX_LISTED ? ` and ${sorted.length - MAX_LISTED} more` : '');
}

export function coverageJson({ traffic, rules }: Coverage): string {
  const { packets, transports, ports, applications, transactions, buffers } = traffic;
  const counts = { transports, ports, applications, transactions, buffers };
  const listed = Object.fromEntries(
    Object.entries(counts).map(([name, map]) => [name, Object.fromEntries(map)]),
  );
  return `${JSON.stringify({ traffic: { packets, ...listed }, rules }, undefined, 2)}\n`;
}
