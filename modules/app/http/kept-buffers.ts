/** Buffers that are made the first time they are asked for, and kept with their transaction. */
import type { BufferDeclaration, TwoSidedTransaction } from '../../../engine/protocol.js';

/** A transaction that keeps its buffers. */
export interface Keeping extends TwoSidedTransaction {
  /** Buffers that were asked for, by number of the buffer and direction; null for one that is not there. */
  readonly views: (Uint8Array | null | undefined)[];
}

/** The same buffers, each kept once it is complete. Those that grow, or have several values, are as they were. */
export function kept<T extends Keeping>(buffers: readonly BufferDeclaration<T>[]): BufferDeclaration<T>[] {
  return buffers.map((buffer, number) =>
    buffer.growing || buffer.multiple ? buffer : { ...buffer, get: keptAt(2 * number, buffer) },
  );
}

/** What one direction said is said anew. */
export function forgetKept({ views }: Keeping, toServer: boolean): void {
  for (let at = toServer ? 0 : 1; at < views.length; at += 2) views[at] = undefined;
}

function keptAt<T extends Keeping>(
  number: number,
  { progress, get }: BufferDeclaration<T>,
): BufferDeclaration<T>['get'] {
  return (transaction, toServer, index) => {
    const at = number + (toServer ? 0 : 1);
    const known = transaction.views[at];
    if (known !== undefined) return known ?? undefined;
    const view = get(transaction, toServer, index);
    const reached = toServer ? transaction.progressToServer : transaction.progressToClient;
    if (reached >= progress) transaction.views[at] = view ?? null;
    return view;
  };
}
