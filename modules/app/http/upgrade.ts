/** What a request tells the protocol that its connection becomes. */
import { fromLatin1 } from '../../../engine/latin1.js';
import type { HttpTransaction } from './transaction.js';

export interface HttpUpgrade {
  /** Field HTTP2-Settings. */
  readonly settings: string | undefined;
  /** The request as fields of HTTP/2. */
  readonly fields: readonly { readonly name: Uint8Array; readonly value: Uint8Array }[];
}

export function upgradeOf({ request }: HttpTransaction): HttpUpgrade {
  const pairs: [string, Uint8Array | undefined][] = [
    [':method', request.method],
    [':path', request.rawUri],
    [':authority', request.hostname],
  ];
  return {
    settings: request.headers?.text('http2-settings'),
    fields: pairs.flatMap(([name, value]) => (value ? [{ name: fromLatin1(name), value }] : [])),
  };
}
