/**
 * Engine analysis: how signatures are parsed and compiled, as files for people (rules_analysis.txt,
 * rules_fast_pattern.txt) and programs (rules.json, patterns.json).
 */
import type { Protocol } from '../engine/protocol.js';
import type { AnalyzedRule } from './analysis/analyzed-rule.js';
import { bufferName } from './analysis/buffer-engines.js';
import { contentJson, patternText } from './analysis/content-json.js';
import { analyzeRule, ruleJson } from './analysis/rule-json.js';
import { KIND_NAMES } from './compile/traits.js';
import type { RuleSet } from './rule-set.js';

/** Contents by file name. */
export type AnalysisFiles = ReadonlyMap<string, string>;

/** Configuration values that affect the analysis. */
export interface AnalysisSettings {
  /** An output that stores files is enabled. */
  readonly storesFiles: boolean;
}

export function analyzeRules(
  rules: Pick<RuleSet, 'signatures'>,
  protocols: readonly Protocol[],
  settings: AnalysisSettings = { storesFiles: true },
): AnalysisFiles {
  const analyzed = rules.signatures.map(signature => analyzeRule(signature, protocols));
  return new Map([
    ['rules.json', analyzed.map(rule => `${JSON.stringify(ruleJson(rule, protocols))}\n`).join('')],
    ['rules_analysis.txt', analyzed.map(rule => analysisText(rule, settings)).join('\n')],
    ['rules_fast_pattern.txt', analyzed.map(fastPatternText).join('\n')],
    ['patterns.json', patternLines(analyzed)],
  ]);
}

/** Remarks about the rule, and what makes it slow. */
function analysisText(
  { signature, traits, fastPattern }: AnalyzedRule,
  { storesFiles }: AnalysisSettings,
): string {
  const unstored = !storesFiles && signature.effects.some(({ kind }) => kind === 'filestore');
  const lines = [
    `== Sid: ${signature.sid} ==`,
    signature.text,
    `    Rule type: ${KIND_NAMES[traits.kind]}.`,
    `    Rule inspects ${inspected(traits.onPackets, traits.onStreams, traits.onTransactions)}.`,
    ...(fastPattern
      ? [
          `    Rule is found by "${patternText(fastPattern.bytes)}" on "${bufferName(fastPattern.conditions)}" buffer.`,
        ]
      : ['    Warning: Rule has no fast pattern: it is evaluated for all traffic that its header fits.']),
    ...signature.buffers
      .filter(each => each.conditions.some(match => match.kind === 'pcre'))
      .map(each => `    Rule has a regular expression on ${bufferName(each)}.`),
    ...(fastPattern && fastPattern.bytes.length < 3 ? ['    Warning: The fast pattern is short.'] : []),
    ...(unstored ? ['    Warning: Rule requires file-store but the output file-store is not enabled.'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function inspected(packets: boolean, streams: boolean, transactions: boolean): string {
  const what = [
    packets && 'packets',
    streams && 'reassembled streams',
    transactions && 'transactions',
  ].filter(Boolean);
  return what.length > 0 ? what.join(' and ') : 'headers';
}

function fastPatternText({ signature, fastPattern, fastContent }: AnalyzedRule): string {
  const head = `== Sid: ${signature.sid} ==\n${signature.text}\n`;
  if (!fastPattern || !fastContent) return `${head}    No fast pattern.\n`;
  const chosen = fastContent.fastPattern ? 'Fast pattern set: yes' : 'Fast pattern set: no';
  return [
    `${head}    Fast Pattern analysis:`,
    `        Fast pattern matcher: ${bufferName(fastPattern.conditions)}`,
    `        Flags:${fastContent.offset === undefined ? '' : ' Offset'}${fastContent.depth === undefined ? '' : ' Depth'}${fastContent.within === undefined ? '' : ' Within'}${fastContent.distance === undefined ? '' : ' Distance'}${fastContent.nocase ? ' Nocase' : ''}${fastContent.negated ? ' Negated' : ''}`,
    `        ${chosen}`,
    `        Original content: ${patternText(fastContent.bytes)}`,
    `        Final content: ${patternText(fastPattern.bytes)}`,
    '',
  ].join('\n');
}

/** Contents of all signatures, with the number of uses, and of uses as the fast pattern. */
function patternLines(rules: readonly AnalyzedRule[]): string {
  const buffers = new Map<string, Map<string, { pattern: object; cnt: number; mpm: number }>>();
  for (const { signature, fastContent } of rules) {
    for (const each of signature.buffers) {
      for (const match of each.conditions) {
        if (match.kind !== 'content') continue;
        const { pattern, nocase, negated } = contentJson(match as never, undefined, false);
        const known = buffers.get(bufferName(each)) ?? new Map();
        buffers.set(bufferName(each), known);
        const key = `${nocase ? 'i' : ''}${negated ? '!' : ''}${pattern}`;
        const count = known.get(key) ?? { pattern: { pattern, nocase, negated }, cnt: 0, mpm: 0 };
        known.set(key, count);
        count.cnt++;
        if (match === fastContent) count.mpm++;
      }
    }
  }
  return [...buffers]
    .map(([name, known]) => {
      const patterns = [...known.values()]
        .sort((a, b) => b.cnt - a.cnt)
        .map(({ pattern, cnt, mpm }) => ({ ...pattern, cnt, mpm }));
      return `${JSON.stringify({ buffer: name, patterns })}\n`;
    })
    .join('');
}
