/** What the upgrade request passes on to the new protocol of the connection. */
import { fromLatin1 } from '../../../engine/latin1.js';
import type { HttpTransaction } from './transaction.js';

export interface HttpUpgrade {
  /** Field HTTP2-Settings. */
  readonly settings: string | undefined;
  /** The request as HTTP/2 fields. */
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
