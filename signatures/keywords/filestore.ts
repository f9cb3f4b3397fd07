/** filestore: stores files. */
import type { FilesToStore } from '../../engine/protocol.js';
import type { Inspection } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';
import type { Match } from '../signature.js';

export interface FileStoreMatch extends Match {
  readonly kind: 'filestore';
  /** Files of this direction; of the matching one if absent. */
  readonly direction?: 'to_server' | 'to_client' | 'both';
  /** Files of all transactions of the flow. */
  readonly wholeFlow?: boolean;
}

/** Store: flows, for rules that store all files of a flow. */
export const SESSIONS = 'sessions';

export interface Sessions {
  sessionOf(flow: number): { storesFiles?: FilesToStore } | undefined;
}

const DIRECTIONS: Readonly<Record<string, FileStoreMatch['direction']>> = {
  request: 'to_server',
  to_server: 'to_server',
  response: 'to_client',
  to_client: 'to_client',
  both: 'both',
};
const SCOPES = new Set(['file', 'tx', 'ssn', 'flow']);

export const filestoreKeywords: readonly Keyword[] = [
  {
    name: 'filestore',
    family: 'files',
    summary: 'Stores the files of the match in the file store.',
    grammar: '[request | response | both [, file | tx | ssn | flow]]',
    features: ['optional argument'],
    parse(rule, argument, at) {
      const protocol = rule.context.protocols.get(rule.protocol);
      if (protocol?.kind === 'application' && protocol.files === false && protocol.name !== 'doh2')
        throw new RuleError(`protocol ${protocol.name} doesn't support file matching (filestore)`, at);
      const [direction = '', scope = ''] = (argument ?? '').split(',').map(word => word.trim());
      if (
        (direction !== '' && !Object.hasOwn(DIRECTIONS, direction)) ||
        (scope !== '' && !SCOPES.has(scope))
      ) {
        throw new RuleError(`invalid filestore "${argument}"`, at, 'filestore:both,tx');
      }
      const match: FileStoreMatch = {
        kind: 'filestore',
        ...(direction !== '' && { direction: DIRECTIONS[direction]! }),
        ...((scope === 'ssn' || scope === 'flow') && { wholeFlow: true }),
      };
      rule.addEffect(match);
      if (argument === undefined) rule.addCondition(ANY_FILE);
    },
  },
];

/** Matches any file, regardless of its name. */
export const ANY_FILE: Match = {
  kind: 'protocol-test',
  keyword: 'filename',
  parsed: { text: '', negated: false },
};

export const filestoreCompilers: readonly MatchCompiler[] = [
  {
    kind: 'filestore',
    compile(match, { stores, signature }) {
      const { direction, wholeFlow } = match as FileStoreMatch;
      const sid = signature?.sid ?? 0;
      const sessions = stores.get(SESSIONS) as Sessions | undefined;
      return at => {
        const owner = wholeFlow ? sessions?.sessionOf(at.flow) : at.transaction;
        if (owner) store(owner, at, direction, sid);
        return true;
      };
    },
  },
];

/** Existing files are marked now; files that begin later find the mark. */
function store(
  owner: { storesFiles?: FilesToStore },
  at: Inspection,
  direction: FileStoreMatch['direction'],
  sid: number,
): void {
  const both = direction === 'both';
  const toServer = both || direction === undefined ? at.toServer : direction === 'to_server';
  owner.storesFiles ??= { toServer: [], toClient: [], from: at.transaction?.id ?? 0 };
  for (const side of both ? [true, false] : [toServer]) {
    const list = side ? owner.storesFiles.toServer : owner.storesFiles.toClient;
    if (!list.includes(sid)) list.push(sid);
  }
}
