/** noalert, alert, prefilter, bypass, nfq_set_mark, config: actions, or their suppression, when a signature matches. */
import * as Packet from '../../engine/packet.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';
import { BYPASS_REQUEST, type BypassRequest } from '../state/bypass-request.js';
import { type SuppressedTransactions, UNLOGGED } from '../state/unlogged.js';

export interface MarkMatch extends Match {
  readonly kind: 'nfq_set_mark';
  readonly mark: number;
  readonly mask: number;
}

function parseMark(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const match = /^(0x[0-9a-f]{1,8}|\d{1,10})(?:\/(0x[0-9a-f]{1,8}|\d{1,10}))?$/i.exec(argument!.trim());
  if (!match) throw new RuleError(`invalid nfq_set_mark "${argument}"`, at, 'nfq_set_mark:0x1/0xf');
  const mark: MarkMatch = {
    kind: 'nfq_set_mark',
    mark: Number(match[1]),
    mask: match[2] ? Number(match[2]) : 0xffffffff,
  };
  rule.addEffect(mark);
}

/** `config:logging disable, type tx, scope tx`, `config:tracking disable, type flow, scope packet`. */
function parseConfig(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const match =
    /^(logging)\s+disable\s*,\s*type\s+(tx|flow)\s*,\s*scope\s+(tx|flow)$/.exec(argument!.trim()) ??
    /^(tracking)\s+disable\s*,\s*type\s+(flow)\s*,\s*scope\s+(packet)$/.exec(argument!.trim());
  if (!match)
    throw new RuleError(`invalid config "${argument}"`, at, 'config:logging disable, type tx, scope tx');
  rule.addEffect({ kind: 'config', subsystem: match[1]!, type: match[2]!, scope: match[3]! });
}

/** Conditions that can be used to find candidates. */
const PREFILTERS = new Set(
  (
    'ack seq tcp.ack tcp.seq flags tcp.flags fragbits fragoffset ttl itype icode icmp_id icmp_seq icmpv6.mtu igmp.type dsize ' +
    'flow flowbits id stream_size decode-event stream-event engine-event flow.age flow.pkts vlan.id vlan.layers tcp.mss ' +
    'tcp.wscale app-layer-protocol'
  ).split(' '),
);

function parsePrefilter(rule: RuleBuilder, _: string | undefined, at: Position): void {
  if (!rule.last) throw new RuleError('prefilter needs a preceding keyword', at);
  if (!rule.once('prefilter keyword')) throw new RuleError('prefilter already set', at);
  if (rule.last.kind !== 'content' && !PREFILTERS.has(rule.last.kind))
    throw new RuleError(`prefilter is not supported for ${rule.last['keyword'] ?? rule.last.kind}`, at);
  if (rule.last.kind === 'app-layer-protocol' && (rule.last['names'] as string[]).length > 1)
    throw new RuleError('prefilter is not supported for multi-value app-layer-protocol', at);
  // The choice does not affect what matches; a content becomes the search pattern.
  const content = rule.lastContent();
  if (content && rule.last === content) content.fastPattern = true;
  else rule.notes.set('prefilter', rule.last.kind);
}

const flag = (name: string, summary: string, parse: Keyword['parse'], family = 'none'): Keyword => ({
  name,
  family,
  summary,
  grammar: '',
  features: ['no option'],
  parse,
});

export const alertingKeywords: readonly Keyword[] = [
  flag('noalert', 'Matches without generating an alert.', rule => {
    rule.noalert = true;
  }),
  flag('alert', 'Also generates an alert, for actions that do not.', rule => {
    rule.notes.set('alert', true);
  }),
  flag('prefilter', 'Uses the preceding keyword to select candidate rules.', parsePrefilter),
  flag('bypass', 'Bypasses the rest of the flow.', rule => rule.addEffect({ kind: 'bypass' }), 'flow'),
  {
    name: 'nfq_set_mark',
    family: 'packet',
    summary: 'Sets the netfilter mark of the packet.',
    grammar: 'mark[/mask]',
    features: ['compatible with IP-only rule'],
    parse: parseMark,
  },
  {
    name: 'config',
    family: 'none',
    summary:
      'Changes settings of a transaction or flow; at the hook pre_flow, keeps packets from updating a flow.',
    grammar: 'logging disable, type tx, scope tx | tracking disable, type flow, scope packet',
    parse: parseConfig,
  },
];

/** Another thread may mark the packet at the same time: fragments are also inspected individually. */
function setMark(row: Int32Array, p: number, { mark, mask }: MarkMatch): void {
  Atomics.and(row, p + Packet.MARK, ~mask);
  Atomics.or(row, p + Packet.MARK, mark & mask);
}

/**
 * The fragments are sent, not the reassembled datagram: the last one, and those held for it. Fragments inside a tunnel
 * are sent with the rest of the outer packet, which is not marked.
 */
function markFragments(row: Int32Array, p: number, wanted: MarkMatch): void {
  for (let slot = row[p + Packet.ROOT]!; slot >= 0; slot = row[slot * Packet.INTS + Packet.ROOT]!) {
    const fragment = slot * Packet.INTS;
    if (row[fragment + Packet.PSEUDO] !== Packet.PSEUDO_NONE) return;
    setMark(row, fragment, wanted);
  }
}

export const alertingCompilers: readonly MatchCompiler[] = [
  {
    kind: 'bypass',
    compile: (_match, { stores }) => {
      const request = stores.get(BYPASS_REQUEST) as BypassRequest | undefined;
      return at => {
        const verdict = at.p + Packet.VERDICT;
        if (at.memory.row[verdict] === Packet.VERDICT_NONE) at.memory.row[verdict] = Packet.VERDICT_BYPASS;
        if (request) request.flow = at.flow;
        return true;
      };
    },
  },
  {
    kind: 'nfq_set_mark',
    compile(match) {
      const wanted = match as MarkMatch;
      return at => {
        const { row } = at.memory;
        setMark(row, at.p, wanted);
        if (row[at.p + Packet.PSEUDO] === Packet.PSEUDO_REASSEMBLED) markFragments(row, at.p, wanted);
        return true;
      };
    },
  },
  {
    kind: 'config',
    compile(match, environment) {
      const unlogged = environment.stores.get(UNLOGGED) as SuppressedTransactions | undefined;
      return at => {
        if (unlogged && match['type'] === 'tx' && at.transaction) unlogged.add(at.flow, at.transaction);
        return true;
      };
    },
  },
];
