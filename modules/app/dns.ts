/**
 * DNS over UDP and TCP (RFC 1035, 7766). Every message is a transaction of its own: requests are inspected towards
 * the server, responses towards the client.
 */
import type { Config } from '../../engine/config/config.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, REQUEST_AND_RESPONSE, type ValueDeclaration } from '../../engine/protocol.js';
import { answerName, names, questionName, sectionNames } from './dns/buffers.js';
import { dnsRecord, dnsRecordsV2 } from './dns/eve.js';
import { addMessage, type DnsTransaction, EVENTS, messages } from './dns/exchange.js';
import { type Message, opcodeOf, rcodeOf } from './dns/message.js';
import { DNS_OUTPUT_OPTIONS, type DnsVariant, dnsVariants, EVERYTHING } from './dns/outputs.js';
import { probe } from './dns/recognition.js';
import { CODES, TYPES } from './dns/record-type.js';

/** @param names accepted in place of numbers */
function value(
  keyword: string,
  bits: 8 | 16,
  summary: string,
  of: (message: Message) => readonly number[],
  names?: Readonly<Record<string, number>>,
): ValueDeclaration<DnsTransaction> {
  const get = ({ message }: DnsTransaction) => of(message);
  return { keyword, bits, summary, direction: 'either', progress: 1, get, ...(names && { names }) };
}

/** The record or, in version 2, the records of one message. */
function* membersOf({ message, id }: DnsTransaction, variant: DnsVariant): Generator<string> {
  const records =
    variant.version === 2 ? dnsRecordsV2(message, id, variant) : [dnsRecord(message, id, variant)];
  for (const record of records) yield `"dns":${JSON.stringify(record)}`;
}

const NAMES = { name: 'dns', transports: ['udp', 'tcp'] } as const;

export default defineProtocol<DnsTransaction>({
  ...NAMES,
  frames: declareFrames(NAMES, ['pdu']),
  options: DNS_OUTPUT_OPTIONS,
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: [
    names('dns.query', 'Name in the question section of a request.', 'to_server', questionName, {
      aliases: ['dns_query'],
    }),
    names('dns.query.name', 'Name in the question section.', 'either', questionName),
    names('dns.answer.name', 'Name in the answer section.', 'either', answerName),
    ...sectionNames('dns', 'to_client'),
  ],
  values: [
    value('dns.opcode', 8, 'Opcode.', ({ flags }) => [opcodeOf(flags)]),
    value('dns.rcode', 16, 'Response code.', ({ flags }) => [rcodeOf(flags)], CODES),
    value(
      'dns.rrtype',
      16,
      'Record type in questions or answers.',
      ({ questions, answers }) => [...questions, ...answers].map(({ type }) => type),
      TYPES,
    ),
  ],
  tests: [],
  recognition: { ports: { udp: [53], tcp: [53] }, probe },
  prepare: (config: Config): readonly DnsVariant[] => dnsVariants(config, process.env),
  client: session => messages(session, true),
  server: session => messages(session, false),
  datagram: (session, bytes, start, end, toServer) => addMessage(session, bytes.slice(start, end), toServer),
  record: transaction => [...membersOf(transaction, EVERYTHING)].join(),
  records: (transaction, settings) =>
    (settings as readonly DnsVariant[]).flatMap(variant =>
      [...membersOf(transaction, variant)].map(members => ({ members, outputs: variant.outputs })),
    ),
});
