/** The keywords of the signature language as text: `--list-keywords`, and the documentation page. */
import { nearest } from '../engine/nearest.js';
import type { Protocol } from '../engine/protocol.js';
import type { Keyword } from './keyword.js';
import { supportedKeywords } from './keywords.js';

/** Documentation of keywords: names link to anchors of that page. */
const PAGE = 'docs/keywords.md';

/**
 * @param what empty: names; `csv`: one line each; `all`: full details; else one keyword
 * @throws Error if there is no keyword of that name
 */
export function listKeywords(what: string, protocols: readonly Protocol[]): string {
  const keywords = sorted(protocols);
  if (what === '')
    return ['=====Supported keywords=====', ...namesOf(keywords).map(name => `- ${name}`)].join('\n');
  if (what === 'csv')
    return ['name;description;app layer;features;documentation', ...keywords.map(csvLine)].join('\n');
  if (what === 'all') return keywords.map(fullText).join('\n\n');
  const keyword = keywords.find(each => each.name === what || each.aliases?.includes(what));
  if (keyword) return fullText(keyword);
  const suggestion = nearest(what, namesOf(keywords));
  throw new Error(
    `unknown keyword ${what}${suggestion === undefined ? '' : `, did you mean ${suggestion}?`}`,
  );
}

/** Keywords of one family. */
export interface KeywordFamily {
  readonly name: string;
  /** Meaning and syntax of each, as Markdown. */
  readonly text: string;
}

export function keywordFamilies(protocols: readonly Protocol[]): KeywordFamily[] {
  const families = new Map<string, Keyword[]>();
  for (const keyword of sorted(protocols)) {
    const family = chapterOf(keyword);
    families.set(family, [...(families.get(family) ?? []), keyword]);
  }
  return [...families].map(([name, keywords]) => ({ name, text: keywords.map(markdownSection).join('\n') }));
}

/** A page with the meaning and syntax of every keyword, by family. */
export function keywordPage(protocols: readonly Protocol[]): string {
  const parts = keywordFamilies(protocols).map(({ name, text }) => `## ${name}\n\n${text}`);
  return `# Rule keywords\n\n${parts.join('\n')}`;
}

function sorted(protocols: readonly Protocol[]): Keyword[] {
  return supportedKeywords(protocols).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function namesOf(keywords: readonly Keyword[]): string[] {
  return keywords.flatMap(({ name, aliases = [] }) => [name, ...aliases]).sort();
}

function csvLine(keyword: Keyword): string {
  const features = featuresOf(keyword).join(',');
  return [
    keyword.name,
    keyword.summary.replaceAll(';', ','),
    familyOf(keyword),
    features,
    documentationLink(keyword),
  ].join(';');
}

function fullText(keyword: Keyword): string {
  const { name, summary, aliases = [] } = keyword;
  return [
    `= ${name} =`,
    `Description: ${summary}`,
    `Syntax: ${syntaxOf(keyword)}`,
    ...(aliases.length > 0 ? [`Also: ${aliases.join(', ')}`] : []),
    `Applies to: ${familyOf(keyword)}`,
    `Features: ${featuresOf(keyword).join(', ') || 'none'}`,
    `Documentation: ${documentationLink(keyword)}`,
  ].join('\n');
}

function markdownSection(keyword: Keyword): string {
  const { name, summary, aliases = [] } = keyword;
  const also = aliases.length > 0 ? ` Also written ${aliases.map(alias => `\`${alias}\``).join(', ')}.` : '';
  return `### ${name}\n\n${summary}${also}\n\n    ${syntaxOf(keyword)}\n`;
}

function syntaxOf({ name, grammar }: Keyword): string {
  return grammar === '' ? `${name};` : `${name}:${grammar};`;
}

function familyOf({ family }: Keyword): string {
  return family === 'none' ? 'rule' : family;
}

/** A keyword's section in the documentation: those of several protocols by their own prefix. */
function chapterOf(keyword: Keyword): string {
  const protocols = familyOf(keyword).split(', ');
  const prefix = keyword.name.split('.')[0] as string;
  if (prefix.startsWith('file')) return 'files';
  return protocols.includes(prefix) ? prefix : (protocols[0] as string);
}

function featuresOf({ features = [] }: Keyword): readonly string[] {
  return features;
}

/** Anchors of headings have no dots. */
function documentationLink({ name }: Keyword): string {
  return `${PAGE}#${name.replaceAll('.', '').toLowerCase()}`;
}
