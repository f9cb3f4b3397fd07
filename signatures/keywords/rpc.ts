/** rpc: program, version and procedure of a Sun RPC call (RFC 5531). */
import * as Packet from '../../engine/packet.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';
import type { Match } from '../signature.js';
import { fields, wholeNumber } from './byte-arguments.js';

export interface RpcMatch extends Match {
  readonly kind: 'rpc';
  readonly program: number;
  readonly version?: number;
  readonly procedure?: number;
}

const rpc: Keyword = {
  name: 'rpc',
  family: 'payload',
  summary: 'Program, version and procedure of an RPC call.',
  grammar: 'program [, version|* [, procedure|*]]',
  parse(rule, argument, at) {
    const [program, version, procedure, ...rest] = fields(argument!);
    if (rest.length > 0) throw new RuleError('rpc takes at most three numbers', at, rpc.grammar);
    const number = (text: string) => wholeNumber(text, 'rpc', 0, 0xffffffff, at);
    rule.addCondition({
      kind: 'rpc',
      program: number(program!),
      ...(version !== undefined && version !== '*' && { version: number(version) }),
      ...(procedure !== undefined && procedure !== '*' && { procedure: number(procedure) }),
    });
  },
};

export const rpcKeywords: readonly Keyword[] = [rpc];

const TCP = 6;
const CALL = 0;
const RPC_VERSION = 2;

export const rpcCompilers: readonly MatchCompiler[] = [
  {
    kind: 'rpc',
    compile(match) {
      const { program, version, procedure } = match as RpcMatch;
      return at => {
        const { row, view } = at.memory;
        // Over TCP the call is preceded by a four-byte record mark.
        const start = row[at.p + Packet.PAYLOAD]! + (row[at.p + Packet.PROTOCOL] === TCP ? 4 : 0);
        if (row[at.p + Packet.PAYLOAD]! + row[at.p + Packet.PAYLOAD_LENGTH]! - start < 24) return false;
        if (view.getUint32(start + 4) !== CALL || view.getUint32(start + 8) !== RPC_VERSION) return false;
        if (view.getUint32(start + 12) !== program) return false;
        if (version !== undefined && view.getUint32(start + 16) !== version) return false;
        return procedure === undefined || view.getUint32(start + 20) === procedure;
      };
    },
  },
];
