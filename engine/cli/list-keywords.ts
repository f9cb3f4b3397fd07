/** The keywords of the signature language: `--list-keywords`. */
import type { Keyword } from '../../signatures/keyword.js';
import { keywordsByName } from '../../signatures/keywords.js';
import { nearest } from '../nearest.js';
import type { Protocol } from '../protocol.js';
import { UsageError } from './usage-error.js';

/** @param what empty: names; `all` or `csv`: with what is known of each; else one keyword */
export function listKeywords(what: string, protocols: readonly Protocol[]): string {
  const known = keywordsByName(protocols);
  const names = [...known.keys()].filter(name => known.get(name)!.name === name).sort();
  if (what === '') return ['=====Supported keywords=====', ...names.map(name => `- ${name}`)].join('\n');
  if (what === 'csv')
    return ['name;description;aliases', ...names.map(name => csv(known.get(name)!))].join('\n');
  if (what === 'all') return names.map(name => described(known.get(name)!)).join('\n\n');
  const keyword = known.get(what);
  if (keyword) return described(keyword);
  const meant = nearest(what, names);
  throw new UsageError(`there is no keyword ${what}${meant ? `, did you mean ${meant}?` : ''}`);
}

function csv(keyword: Keyword): string {
  return [keyword.name, summaryOf(keyword).replaceAll(';', ','), (keyword.aliases ?? []).join(' ')].join(';');
}

function described(keyword: Keyword): string {
  const aliases = keyword.aliases?.length ? [`  also: ${keyword.aliases.join(', ')}`] : [];
  const summary = summaryOf(keyword);
  return [`= ${keyword.name} =`, ...(summary ? [`  ${summary}`] : []), ...aliases].join('\n');
}

function summaryOf(keyword: Keyword): string {
  return (keyword as { summary?: string }).summary ?? '';
}
