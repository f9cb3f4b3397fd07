/** Buffers that are built on first use and kept with their transaction. */
import type { BufferDeclaration, TwoSidedTransaction } from '../../../engine/protocol.js';

/** A transaction that caches its buffers. */
export interface BufferCache extends TwoSidedTransaction {
  /** Buffers already built, by number of the buffer and direction; null if the buffer does not exist. */
  readonly views: (Uint8Array | null | undefined)[];
}

/** The same buffers, each cached once it is complete. Those that grow, or have several values, are unchanged. */
export function cached<T extends BufferCache>(
  buffers: readonly BufferDeclaration<T>[],
): BufferDeclaration<T>[] {
  return buffers.map((buffer, number) =>
    buffer.growing || buffer.multiple ? buffer : { ...buffer, get: cachedAt(2 * number, buffer) },
  );
}

/** Discards the buffers of one direction, whose content is replaced. */
export function clearCached({ views }: BufferCache, toServer: boolean): void {
  for (let at = toServer ? 0 : 1; at < views.length; at += 2) views[at] = undefined;
}

function cachedAt<T extends BufferCache>(
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
