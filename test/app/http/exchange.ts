/** An HTTP exchange, and its buffers for signatures. */
import type { ConfigTree } from '../../../engine/config/config.js';
import type { HttpTransaction } from '../../../modules/app/http/transaction.js';
import http from '../../../modules/app/http.js';
import { Feed } from '../../application/feed.js';

export function exchange(
  client: string | Uint8Array,
  server: string | Uint8Array,
  config?: ConfigTree,
): Feed {
  const feed = new Feed([http], config ? { config } : {});
  return feed.client(client).server(server).close(false).close(true).end();
}

/** Settings of `libhtp.default-config`. */
export function libhtp(settings: Record<string, unknown>): ConfigTree {
  return { 'app-layer': { protocols: { http: { libhtp: { 'default-config': settings } } } } };
}

/** A buffer of a transaction, as text. */
export function buffer(
  feed: Feed,
  toServer: boolean,
  keyword: string,
  index = 0,
  at = 0,
): string | undefined {
  const transaction = feed.transactions[at] as HttpTransaction;
  const declared = http.buffers.find(each => each.keyword === keyword)!;
  const bytes = declared.get(transaction, toServer, index);
  return bytes && Buffer.from(bytes).toString('latin1');
}

/** All buffers of one direction of a transaction. */
export function buffers(feed: Feed, toServer: boolean, at = 0): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { keyword, direction } of http.buffers) {
    if (direction === (toServer ? 'to_client' : 'to_server')) continue;
    const text = buffer(feed, toServer, keyword, 0, at);
    if (text !== undefined) found[keyword] = text;
  }
  return found;
}
