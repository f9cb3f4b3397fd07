/** Trees: shares that a client is connected to. */
import type { Connection } from './connection.js';
import type { SmbTransaction, TreeConnect } from './transaction.js';

/** The share of pipes, which has the same name on all servers. */
export const isPipeShare = (share: string): boolean => /(^|\\)IPC\$$/i.test(share);

/** A client connected to a share. */
export function connectTree(
  connection: Connection,
  transaction: SmbTransaction,
  tree: TreeConnect,
  treeId: number,
): void {
  transaction.treeId = treeId;
  connection.trees.set(treeId, tree);
}
