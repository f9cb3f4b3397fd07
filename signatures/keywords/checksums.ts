/** ipv4-csum, tcpv4-csum and the like: whether a checksum is valid. */

import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';
import { CHECKSUM_NAMES, internetChecksum } from './packet-checksums.js';

export const checksumKeywords: readonly Keyword[] = CHECKSUM_NAMES.map(name => ({
  name,
  family: 'packet',
  summary: 'Whether the checksum of this header is valid.',
  grammar: 'valid | invalid',
  parse(rule, argument, at) {
    const word = argument!.replace(/^"(.*)"$/, '$1').toLowerCase();
    if (word !== 'valid' && word !== 'invalid')
      throw new RuleError(`invalid ${name} argument "${argument}"`, at, 'valid or invalid');
    rule.addCondition({ kind: name, valid: word === 'valid' });
  },
}));

export const checksumCompilers: readonly MatchCompiler[] = CHECKSUM_NAMES.map(name => ({
  kind: name,
  compile(match, { ignoresChecksums = false }) {
    const wanted = match.valid as boolean;
    return at => {
      const right = internetChecksum(name, at);
      if (right === undefined) return false;
      return (right || ignoresChecksums || isUnfinished(at)) === wanted;
    };
  },
}));

/** The packet was captured without a checksum, which the network card was to fill in (offloading). */
function isUnfinished({ memory, p }: Inspection): boolean {
  return (memory.row[p + Packet.FLAGS]! & Packet.FLAG_NO_CHECKSUM) !== 0;
}
