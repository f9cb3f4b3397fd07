/** filestore: keeps the files of what matched. */
import type { Transaction } from '../../engine/protocol.js';
import type { Inspection } from '../inspection.js';
import type { Keyword, MatchCompiler } from '../keyword.js';
import { RuleError } from '../rule-error.js';
import type { Match } from '../signature.js';

export interface FileStoreMatch extends Match {
  readonly kind: 'filestore';
  /** Files of this direction; of the one that matched when absent. */
  readonly direction?: 'to_server' | 'to_client' | 'both';
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
    summary: 'Keeps the files of the transaction that matched in the file store.',
    grammar: '[request | response | both [, file | tx | ssn]]',
    features: ['optional argument'],
    parse(rule, argument, at) {
      const [direction = '', scope = ''] = (argument ?? '').split(',').map(word => word.trim());
      if ((direction !== '' && !(direction in DIRECTIONS)) || (scope !== '' && !SCOPES.has(scope))) {
        throw new RuleError(`invalid filestore "${argument}"`, at, 'filestore:both,tx');
      }
      const match: FileStoreMatch = {
        kind: 'filestore',
        ...(direction !== '' && { direction: DIRECTIONS[direction]! }),
      };
      rule.addEffect(match);
    },
  },
];

export const filestoreCompilers: readonly MatchCompiler[] = [
  {
    kind: 'filestore',
    compile: match => {
      const { direction } = match as FileStoreMatch;
      return at => {
        if (at.transaction) store(at.transaction, at, direction);
        return true;
      };
    },
  },
];

/** Files that are there are marked; those that come later in the transaction find it marked. */
function store(transaction: Transaction, at: Inspection, direction: FileStoreMatch['direction']): void {
  const both = direction === 'both';
  const toServer = both || direction === undefined ? at.toServer : direction === 'to_server';
  transaction.storesFiles ??= { toServer: [], toClient: [] };
  for (const side of both ? [true, false] : [toServer]) {
    const list = side ? transaction.storesFiles.toServer : transaction.storesFiles.toClient;
    if (!list.includes(at.signature)) list.push(at.signature);
  }
}
