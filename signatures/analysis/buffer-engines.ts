/** The inspection engines of a buffer: one for each direction of each protocol that provides it. */
import type { Protocol } from '../../engine/protocol.js';
import { PAYLOAD_BUFFERS } from '../compile/traits.js';
import type { BufferConditions, Signature } from '../signature.js';
import { declarationOf, directionsOf } from './directions.js';

export interface BufferEngine {
  readonly direction: string;
  readonly app_proto?: string;
  readonly progress?: number;
}

/** Buffers whose name in the analysis differs from their keyword. */
const NAMES: Readonly<Record<string, string>> = {
  'dcerpc.stub_data': 'dce_stub_data',
  'dns.query': 'dns_query',
  'file.data': 'file_data',
  'http.request_body': 'http_client_body',
  'http.response_body': 'file_data',
  'http.uri.raw': 'http_raw_uri',
  'http.header.raw': 'http_raw_header',
  'http.host.raw': 'http_raw_host',
};

/** Keywords whose buffer names have underscores instead of dots; others are named like their keyword. */
const UNDERSCORED = /^(http|http2|krb5|quic|smb|dnp3)\./;

/** Buffers that exist only in HTTP/1. */
const HTTP1_ONLY = new Set(['http.start']);

/** `http.stat_code` is named `http_stat_code`. */
export function bufferName({ buffer }: BufferConditions): string {
  if (PAYLOAD_BUFFERS.has(buffer)) return 'payload';
  return NAMES[buffer] ?? (UNDERSCORED.test(buffer) ? buffer.replaceAll('.', '_') : buffer);
}

export function declaredEngines(
  conditions: BufferConditions,
  signature: Signature,
  protocols: readonly Protocol[],
): BufferEngine[] {
  const declared = declarationOf(conditions.buffer, protocols);
  const directions = directionsOf(signature, conditions.direction ?? declared?.direction ?? 'either');
  if (!declared) return directions.map(direction => ({ direction }));
  const names = protocolsOfHeader(signature, protocols)
    .filter(({ buffers }) => buffers.some(({ keyword }) => keyword === conditions.buffer))
    .map(({ name }) => name)
    .filter(name => name !== 'http2' || isForHttp2(conditions, signature));
  return names.flatMap(app_proto => directions.map(direction => ({ ...declared, direction, app_proto })));
}

/** The protocols matched by a rule's header; all if it names none. Variants count only if named themselves. */
export function protocolsOfHeader(
  { protocol }: Signature,
  protocols: readonly Protocol[],
): readonly Protocol[] {
  const originals = protocols.filter(({ variantOf }) => variantOf === undefined);
  const matches = ({ name, ruleNames }: Protocol): boolean =>
    name === protocol || ruleNames?.includes(protocol) === true;
  for (const candidates of [originals, protocols]) {
    const matching = candidates.filter(matches);
    if (matching.length > 0) return matching;
  }
  return originals;
}

function isForHttp2({ buffer }: BufferConditions, { protocol, http1Only }: Signature): boolean {
  return !http1Only && protocol !== 'http1' && !HTTP1_ONLY.has(buffer);
}
