/** DNS over HTTP/2 (RFC 8484): an HTTP/2 connection, once it carries DNS. Rules may use keywords of both. */
import {
  type BufferDeclaration,
  defineProtocol,
  type OutputRecord,
  type ValueDeclaration,
} from '../../engine/protocol.js';
import { dnsRecord, dnsRecordsV2 } from './dns/eve.js';
import type { DnsTransaction } from './dns/exchange.js';
import type { Message as DnsMessage } from './dns/message.js';
import { type DnsVariant, EVERYTHING } from './dns/outputs.js';
import dns from './dns.js';
import type { Http2Settings } from './http2/settings.js';
import { COMPLETE, type Http2Transaction } from './http2/transaction.js';
import http2 from './http2.js';

/** The corresponding DNS transaction. */
function within(transaction: Http2Transaction, toServer: boolean): DnsTransaction | undefined {
  const { dns: message } = transaction.message(toServer);
  return message && ({ message } as DnsTransaction);
}

const BUFFERS = dns.buffers.map(
  ({ littleEndian: _, get, ...buffer }): BufferDeclaration<Http2Transaction> => ({
    ...buffer,
    progress: COMPLETE,
    applies: (transaction, toServer) => transaction.message(toServer).dns !== undefined,
    get(transaction, toServer, index) {
      const message = within(transaction, toServer);
      return message && get(message, toServer, index);
    },
  }),
);

const VALUES = dns.values.map(
  (value): ValueDeclaration<Http2Transaction> => ({
    ...value,
    progress: COMPLETE,
    get(transaction, toServer) {
      const message = within(transaction, toServer);
      return message ? value.get(message, toServer) : [];
    },
  }),
);

/** The message that is logged: the response, which repeats the question, once it exists. */
const messageOf = ({ request, response }: Http2Transaction): DnsMessage | undefined =>
  response.dns ?? request.dns;

/** For an alert: the stream, and the message in it. */
function record(transaction: Http2Transaction, forAlert: boolean): string {
  const stream = http2.record(transaction, forAlert);
  const message = messageOf(transaction);
  if (!message) return stream;
  return `${stream},"dns":${JSON.stringify(dnsRecord(message, transaction.id, EVERYTHING))}`;
}

function* records(transaction: Http2Transaction, { dns: variants }: Http2Settings): Generator<OutputRecord> {
  const stream = http2.record(transaction, false);
  if (stream !== '') yield { members: stream, outputs: 0 };
  const message = messageOf(transaction);
  if (!message) return;
  for (const variant of variants) {
    for (const each of recordsOf(message, transaction.id, variant))
      yield { members: `"dns":${JSON.stringify(each)}`, outputs: variant.outputs };
  }
}

function recordsOf(message: DnsMessage, id: number, variant: DnsVariant): object[] {
  return variant.version === 2 ? dnsRecordsV2(message, id, variant) : [dnsRecord(message, id, variant)];
}

const { frames: _, options: __, ...inherited } = http2;

export default defineProtocol<Http2Transaction>({
  ...inherited,
  name: 'doh2',
  variantOf: 'http2',
  ruleNames: ['doh2', 'http2', 'http', 'dns'],
  buffers: [...http2.buffers, ...BUFFERS],
  values: [...http2.values, ...VALUES],
  recognition: {},
  record,
  records: (transaction, settings) => [...records(transaction, settings as Http2Settings)],
});
