/** The fields of a line of http.log. */
import { printable } from '../../../engine/files/file-record.js';
import { latin1 } from '../../../engine/latin1.js';
import type { HttpTransaction } from './transaction.js';

export function httpLineFields({ request, response }: HttpTransaction): Record<string, unknown> {
  return {
    hostname: text(request.hostname),
    url: text(request.rawUri),
    http_user_agent: text(request.headers?.value('user-agent')),
    http_refer: text(request.headers?.value('referer')),
    http_method: request.method.length > 0 ? text(request.method) : undefined,
    protocol: text(request.protocol),
    status: response.status >= 0 ? response.status : undefined,
    redirect: text(response.headers?.value('location')),
    length: response.body?.wireLength ?? 0,
  };
}

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && printable(latin1(bytes));
