/** Trees: shares that a client is connected with. */
import type { Connection } from './connection.js';
import type { SmbTransaction, TreeConnect } from './transaction.js';

/** The share of pipes, as it is called on all servers. */
export const isPipeShare = (share: string): boolean => /(^|\\)IPC\$$/i.test(share);

/** A share was connected with. */
export function connectTree(
  connection: Connection,
  transaction: SmbTransaction,
  tree: TreeConnect,
  treeId: number,
): void {
  transaction.treeId = treeId;
  connection.trees.set(treeId, tree);
}
