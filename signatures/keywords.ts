/** All keywords of the signature language, by name. */
import type { Protocol } from '../engine/protocol.js';
import type { Keyword, MatchCompiler } from './keyword.js';
import { absentKeywords } from './keywords/absent.js';
import { bufferKeywords } from './keywords/buffers.js';
import { contentKeywords } from './keywords/content.js';
import { metaKeywords } from './keywords/meta.js';
import { pcreKeywords } from './keywords/pcre.js';
import { protocolBuffers, protocolKeywords } from './keywords/protocol-keywords.js';
import { requiresKeywords } from './keywords/requires.js';
import { sizeCompilers, sizeKeywords } from './keywords/size.js';
import type { RuleBuffer } from './rule-context.js';

/** Keywords that are part of the engine. */
export const KEYWORDS: readonly Keyword[] = [
  ...metaKeywords,
  ...requiresKeywords,
  ...contentKeywords,
  ...bufferKeywords,
  ...pcreKeywords,
  ...sizeKeywords,
];

/** What makes their conditions executable. */
export const MATCH_COMPILERS: readonly MatchCompiler[] = [...sizeCompilers];

/** Keywords by name and alias, with those of the protocols given; what exists replaces what is told as absent. */
export function keywordsByName(protocols: readonly Protocol[]): Map<string, Keyword> {
  const known = new Map<string, Keyword>();
  for (const keyword of absentKeywords()) known.set(keyword.name, keyword);
  for (const keyword of [...KEYWORDS, ...protocols.flatMap(protocolKeywords)]) {
    known.set(keyword.name, keyword);
    for (const alias of keyword.aliases ?? []) known.set(alias, keyword);
  }
  return known;
}

/** Buffers by keyword. */
export function buffersByKeyword(protocols: readonly Protocol[]): Map<string, RuleBuffer> {
  const known = new Map<string, RuleBuffer>();
  for (const buffer of protocols.flatMap(protocolBuffers)) known.set(buffer.keyword, buffer);
  return known;
}
