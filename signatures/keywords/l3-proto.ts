/** l3_proto: IP version. */
import * as Packet from '../../engine/packet.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';

const VERSIONS: Readonly<Record<string, 4 | 6>> = { ipv4: 4, ip4: 4, ipv6: 6, ip6: 6 };

const l3Proto: Keyword = {
  name: 'l3_proto',
  family: 'packet',
  summary: 'IP version.',
  grammar: 'ipv4 | ip4 | ipv6 | ip6',
  parse(rule, argument, at) {
    const name = argument!.toLowerCase();
    const version = Object.hasOwn(VERSIONS, name) ? VERSIONS[name] : undefined;
    if (!version) throw new RuleError(`unknown l3_proto "${argument}"`, at, l3Proto.grammar);
    if (!rule.once('l3_proto')) throw new RuleError('l3_proto can be used only once in a rule', at);
    rule.addCondition({ kind: 'l3_proto', version });
  },
};

export const l3ProtoKeywords: readonly Keyword[] = [l3Proto];

export const l3ProtoCompilers: readonly MatchCompiler[] = [
  {
    kind: 'l3_proto',
    compile({ version }) {
      return at => at.memory.row[at.p + Packet.IP_VERSION] === version;
    },
  },
];
