/** One signature in engine analysis: a line of rules.json. */
import type { Protocol } from '../../engine/protocol.js';
import { isApplicationBuffer, PAYLOAD_BUFFERS, traitsOf } from '../compile/traits.js';
import type { FlowbitsMatch } from '../keywords/flowbits.js';
import { HEADER_BUFFERS } from '../keywords/header-buffers.js';
import type { PcreMatch } from '../keywords/pcre.js';
import type { BufferConditions, ContentMatch, Match, Signature } from '../signature.js';
import type { AnalyzedRule } from './analyzed-rule.js';
import { bufferName, declaredEngines } from './buffer-engines.js';
import { byteJson } from './byte-json.js';
import { contentJson, pcreJson } from './content-json.js';
import { directionsOf } from './directions.js';
import { chosenPattern } from './fast-pattern-choice.js';
import { withFileContents } from './file-texts.js';
import { integerJson } from './integer-json.js';
import { applicationOf, typeOf } from './rule-application.js';
import { flagsOf, requirementsOf } from './rule-flags.js';
import { simplifyConditions } from './simplified-conditions.js';
import { isEvent, isOnTransaction, transactionEngines } from './transaction-engines.js';

type Json = Record<string, unknown>;

export function analyzeRule(given: Signature, protocols: readonly Protocol[]): AnalyzedRule {
  const { signature, notes } = settled(given);
  const fastPattern = chosenPattern(signature);
  return {
    signature,
    traits: traitsOf(signature, protocols),
    fastPattern,
    fastContent: fastPattern?.content,
    notes,
  };
}

function settled(signature: Signature): { signature: Signature; notes: string[] } {
  const notes: string[] = [];
  const whole = withFileContents(signature);
  const buffers = whole.buffers.map(buffer => {
    const { conditions, notes: own } = simplifyConditions(buffer.conditions);
    notes.push(...own);
    return { ...buffer, conditions };
  });
  return { signature: { ...whole, buffers }, notes };
}

/** Structure and names as in Suricata's rules.json. */
export function ruleJson(rule: AnalyzedRule, protocols: readonly Protocol[]): Json {
  const { signature, fastContent, fastPattern } = rule;
  const engines = engineList(rule, protocols);
  const lists = listsOf(rule);
  return {
    raw: signature.text,
    id: signature.sid,
    gid: signature.gid,
    rev: signature.rev,
    msg: signature.msg,
    app_proto: applicationOf(signature, protocols),
    requirements: requirementsOf(rule),
    type: typeOf(rule),
    flags: flagsOf(rule, protocols),
    pkt_engines: packetEngines(rule),
    ...(engines.length > 0 && { engines }),
    ...(Object.keys(lists).length > 0 && { lists }),
    ...(rule.notes.length > 0 && { notes: rule.notes }),
    ...(signature.prefilter !== undefined && {
      prefilter: { buffer: 'packet', name: signature.prefilter },
    }),
    ...(fastContent &&
      fastPattern && {
        mpm: {
          buffer: bufferName(fastPattern.conditions),
          ...contentJson(fastContent, behind(fastPattern.conditions, fastContent), true),
        },
      }),
  };
}

function behind({ conditions }: BufferConditions, match: Match): Match | undefined {
  return conditions[conditions.indexOf(match) + 1];
}

function matchJson(match: Match, next: Match | undefined, fast: ContentMatch | undefined): Json {
  const name = nameOf(match);
  if (match.kind === 'content')
    return { name, content: contentJson(match as ContentMatch, next, match === fast) };
  if (match.kind === 'pcre') return { name, pcre: pcreJson(match as PcreMatch, next) };
  if (match.kind === 'flowbits') return { name, flowbits: flowbitsJson(match as FlowbitsMatch) };
  return { name, ...integerJson(match), ...byteJson(match) };
}

/** One of several names is enough. */
function flowbitsJson({ command, names }: FlowbitsMatch): Json {
  return { cmd: command, names, ...(names.length > 1 && { operator: 'or' }) };
}

function nameOf(match: Match): string {
  if (isEvent(match)) return 'app-layer-event';
  if (match['type'] === 'detection_filter') return match['type'];
  return match.kind.startsWith('protocol-') ? String(match.keyword) : match.kind;
}

function matchesJson(matches: readonly Match[], fast: ContentMatch | undefined): Json[] {
  return matches.map((match, i) => matchJson(match, matches[i + 1], fast));
}

function listsOf({ signature, fastContent }: AnalyzedRule): Json {
  const lists: Json = {};
  const packet = signature.conditions.filter(match => !isDirectionOnly(match) && !isOnTransaction(match));
  if (packet.length > 0) lists.packet = { matches: matchesJson(packet, fastContent) };
  const payload = signature.buffers
    .filter(each => PAYLOAD_BUFFERS.has(each.buffer))
    .flatMap(each => each.conditions);
  if (payload.length > 0) lists.payload = { matches: matchesJson(payload, fastContent) };
  const decoded = signature.buffers.flatMap(each =>
    each.conditions.flatMap(match => (match['data'] as readonly Match[] | undefined) ?? []),
  );
  if (decoded.length > 0) lists.base64_data = { matches: matchesJson(decoded, fastContent) };
  if (signature.effects.length > 0)
    lists.postmatch = { matches: matchesJson(signature.effects, fastContent) };
  if (signature.thresholds.length > 0)
    lists.threshold = { matches: matchesJson(signature.thresholds, fastContent) };
  return lists;
}

/** A direction alone is treated as part of the header. */
function isDirectionOnly(match: Match): boolean {
  return (
    match.kind === 'flow' &&
    match.state === undefined &&
    match.stream === undefined &&
    match.fragment === undefined
  );
}

function packetEngines({ signature, fastPattern }: AnalyzedRule): Json[] {
  const engines: Json[] = [];
  const payload = signature.buffers.some(each => PAYLOAD_BUFFERS.has(each.buffer));
  if (payload)
    engines.push({
      name: 'payload',
      is_mpm: fastPattern !== undefined && PAYLOAD_BUFFERS.has(fastPattern.conditions.buffer),
    });
  if (signature.conditions.some(match => !isDirectionOnly(match) && !isOnTransaction(match))) {
    engines.push({ name: 'packet', is_mpm: false });
  }
  for (const each of signature.buffers.filter(({ buffer }) => HEADER_BUFFERS.includes(buffer)))
    engines.push({ name: each.buffer, is_mpm: fastPattern?.conditions === each });
  return engines;
}

function engineList(rule: AnalyzedRule, protocols: readonly Protocol[]): Json[] {
  const { signature, fastPattern, fastContent } = rule;
  const buffers = signature.buffers.filter(isApplicationBuffer).map(each => {
    const matches = matchesJson(each.conditions, fastContent);
    return declaredEngines(each, signature, protocols).map(({ direction, app_proto, progress }) => ({
      name: bufferName(each),
      direction,
      is_mpm: fastPattern?.conditions === each,
      ...(app_proto !== undefined && { app_proto, progress }),
      ...(each.transforms.length > 0 && {
        transforms: each.transforms.map(transform => ({ name: transform.kind })),
      }),
      matches,
    }));
  });
  return [
    ...inOrder(buffers),
    ...transactionEngines(signature, protocols).map(({ matches, ...engine }) => ({
      ...engine,
      matches: matchesJson(matches, undefined),
    })),
    ...streamEngines(rule),
  ];
}

/** Engines with the fast pattern come first, each list of them reversed. */
function inOrder<T extends { is_mpm: boolean }>(engines: readonly T[][]): T[] {
  const fast = engines.filter(([first]) => first?.is_mpm).flatMap(each => [...each].reverse());
  return [...fast, ...engines.filter(([first]) => !first?.is_mpm).flat()];
}

/** Payload conditions of a rule on transactions are inspected in the stream. */
function streamEngines({ signature, traits, fastContent }: AnalyzedRule): Json[] {
  const payload = signature.buffers
    .filter(each => PAYLOAD_BUFFERS.has(each.buffer))
    .flatMap(each => each.conditions);
  if (payload.length === 0 || !traits.onTransactions) return [];
  return directionsOf(signature, 'either').map(direction => ({
    name: 'stream',
    direction,
    is_mpm: false,
    progress: 0,
    matches: matchesJson(payload, fastContent),
  }));
}
