/**
 * rule_group.json: rules by port group, per transport and direction. Ports with the same rules form one group; priority
 * ports come first, then groups with the most rules, and those beyond the limit are merged into one group of all ports.
 */
import type { Config } from '../../engine/config/config.js';
import { boolean, choice, integer, option, text } from '../../engine/config/option.js';
import type { Protocol } from '../../engine/protocol.js';
import { DECODE_EVENT_ONLY, IP_ONLY, TCP, traitsOf, UDP } from '../compile/traits.js';
import type { PortSet, Signature } from '../signature.js';
import { directionsOfRule } from './directions.js';

const DUMP = option(
  'detect.profiling.grouping.dump-to-disk',
  boolean,
  false,
  'write rule_group.json in the engine analysis',
);
const INCLUDE_RULES = option(
  'detect.profiling.grouping.include-rules',
  boolean,
  false,
  'list the rules of each group in rule_group.json',
);
const INCLUDE_STATISTICS = option(
  'detect.profiling.grouping.include-mpm-stats',
  boolean,
  false,
  'show in rule_group.json how many rules of each group have a content',
);
const TCP_PRIORITY = option(
  'detect.grouping.tcp-priority-ports',
  text,
  '53, 80, 139, 443, 445, 1433, 3306, 3389, 6666, 6667, 8080',
  'TCP ports preferred for separate port groups',
);
const UDP_PRIORITY = option(
  'detect.grouping.udp-priority-ports',
  text,
  '53, 135, 5060',
  'UDP ports preferred for separate port groups',
);
export const ruleGroupOptions = [DUMP, INCLUDE_RULES, INCLUDE_STATISTICS, TCP_PRIORITY, UDP_PRIORITY];

const PROFILE = option('detect.profile', choice('low', 'medium', 'high', 'custom'), 'medium', '');
const TO_SERVER = option('detect.custom-values.toserver-groups', integer(1, 255), 40, '');
const TO_CLIENT = option('detect.custom-values.toclient-groups', integer(1, 255), 20, '');
/** Maximum number of groups to server and to client. */
const MAX_GROUPS = { low: [25, 15], medium: [40, 20], high: [75, 75] } as const;
const LAST_PORT = 65_535;

interface Range {
  readonly first: number;
  readonly last: number;
  readonly rules: readonly Signature[];
}

/** @returns contents of the file; undefined if not enabled */
export function ruleGroups(
  signatures: readonly Signature[],
  protocols: readonly Protocol[],
  config: Config,
): string | undefined {
  if (!config.read(DUMP)) return undefined;
  const [toServer, toClient] = maxGroups(config);
  const show = (ranges: readonly Range[], most: number) => shown(bounded(ranges, most), config);
  const ofTransport = (bit: number) => {
    const rules = signatures.filter(signature => isGrouped(signature, bit, protocols));
    const priority = priorityPorts(bit, config);
    const to = (direction: 0 | 1) =>
      byPriority(
        rangesOf(
          rules.filter(rule => directionsOfRule(rule, protocols)[direction]),
          direction,
        ),
        priority,
      );
    return { toserver: show(to(0), toServer), toclient: show(to(1), toClient) };
  };
  return `${JSON.stringify({ tcp: ofTransport(TCP), udp: ofTransport(UDP) })}\n`;
}

function maxGroups(config: Config): readonly [toServer: number, toClient: number] {
  const profile = config.read(PROFILE);
  return profile === 'custom' ? [config.read(TO_SERVER), config.read(TO_CLIENT)] : MAX_GROUPS[profile];
}

function isGrouped(signature: Signature, transport: number, protocols: readonly Protocol[]): boolean {
  const { kind, transports } = traitsOf(signature, protocols);
  return (transports & transport) !== 0 && kind !== IP_ONLY && kind !== DECODE_EVENT_ONLY;
}

/** Server ports: destination of packets to server, source of packets to client. */
function portsOf(signature: Signature, direction: 0 | 1): PortSet {
  return direction === 0 ? signature.destinationPorts : signature.sourcePorts;
}

/** Port ranges with the same rules, in ascending order. */
function rangesOf(rules: readonly Signature[], direction: 0 | 1): Range[] {
  const edges = new Set<number>();
  for (const rule of rules)
    for (const [first, last] of portsOf(rule, direction)) edges.add(first).add(last + 1);
  const starts = [...edges].sort((a, b) => a - b);
  const ranges: Range[] = [];
  starts.forEach((first, i) => {
    const at = rules.filter(rule =>
      portsOf(rule, direction).some(([low, high]) => low <= first && first <= high),
    );
    const before = ranges.at(-1);
    const last = (starts[i + 1] ?? LAST_PORT + 1) - 1;
    if (at.length === 0) return;
    if (before && before.last === first - 1 && keyOf(before.rules) === keyOf(at))
      ranges[ranges.length - 1] = { ...before, last };
    else ranges.push({ first, last, rules: at });
  });
  return ranges;
}

function priorityPorts(transport: number, config: Config): ReadonlySet<number> {
  const ports = config.read(transport === TCP ? TCP_PRIORITY : UDP_PRIORITY);
  return new Set(ports.split(',').map(Number));
}

/** Single priority ports first, then ranges with the most rules. */
function byPriority(ranges: readonly Range[], priority: ReadonlySet<number>): Range[] {
  const rank = ({ first, last }: Range) => (first === last && priority.has(first) ? 0 : 1);
  return [...ranges].sort((a, b) => rank(a) - rank(b) || b.rules.length - a.rules.length);
}

function keyOf(rules: readonly Signature[]): string {
  return rules.map(rule => rule.index).join();
}

/** At most `most` separate groups, and the rest as one. */
function bounded(ranges: readonly Range[], most: number): Range[] {
  const groups = new Set<string>();
  const kept: Range[] = [];
  const rest = new Set<Signature>();
  for (const range of ranges) {
    const key = keyOf(range.rules);
    if (groups.has(key) || groups.size < most) {
      groups.add(key);
      kept.push(range);
    } else for (const rule of range.rules) rest.add(rule);
  }
  if (rest.size === 0) return kept;
  const rules = [...rest].sort((a, b) => a.index - b.index);
  return [...kept, { first: 0, last: LAST_PORT, rules }];
}

function shown(ranges: readonly Range[], config: Config): object[] {
  const numbers = new Map<string, number>();
  const withRules = config.read(INCLUDE_RULES);
  const withStatistics = config.read(INCLUDE_STATISTICS);
  return ranges.map(({ first, last, rules }) => {
    const key = keyOf(rules);
    const id = numbers.get(key) ?? numbers.size;
    numbers.set(key, id);
    return {
      port: first,
      port2: last,
      rulegroup: {
        id,
        ...(withRules && { rules: rules.map(rule => ({ sig_id: rule.sid })) }),
        stats: { total: rules.length, ...(withStatistics && { mpm: rules.filter(hasContent).length }) },
      },
    };
  });
}

function hasContent({ buffers }: Signature): boolean {
  return buffers.some(({ conditions }) => conditions.some(match => match.kind === 'content'));
}
