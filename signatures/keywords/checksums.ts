/** ipv4-csum, tcpv4-csum and the like: whether a checksum is right. */

import type { Keyword, MatchCompiler } from '../keyword.js';
import { RuleError } from '../rule-error.js';
import { internetChecksum } from './packet-checksums.js';

const NAMES = [
  'ipv4-csum',
  'tcpv4-csum',
  'tcpv6-csum',
  'udpv4-csum',
  'udpv6-csum',
  'icmpv4-csum',
  'icmpv6-csum',
  'igmp-csum',
] as const;
export type ChecksumName = (typeof NAMES)[number];

export const checksumKeywords: readonly Keyword[] = NAMES.map(name => ({
  name,
  family: 'packet',
  summary: 'Whether the checksum of this header is right.',
  grammar: 'valid | invalid',
  parse(rule, argument, at) {
    const word = argument!.replace(/^"(.*)"$/, '$1').toLowerCase();
    if (word !== 'valid' && word !== 'invalid')
      throw new RuleError(`invalid ${name} argument "${argument}"`, at, 'valid or invalid');
    rule.addCondition({ kind: name, valid: word === 'valid' });
  },
}));

export const checksumCompilers: readonly MatchCompiler[] = NAMES.map(name => ({
  kind: name,
  compile(match) {
    const wanted = match.valid as boolean;
    return at => internetChecksum(name, at) === wanted;
  },
}));
