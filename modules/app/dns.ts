/**
 * DNS over UDP and TCP (RFC 1035, 7766). Every message is a transaction of its own: requests are inspected towards
 * the server, responses towards the client.
 */
import type { Session } from '../../engine/application/session.js';
import type { Config } from '../../engine/config/config.js';
import { option, texts } from '../../engine/config/option.js';
import {
  type BufferDeclaration,
  defineProtocol,
  type ProbeResult,
  type Transaction,
} from '../../engine/protocol.js';
import { type DnsFormats, dnsRecord } from './dns/eve.js';
import { HEADER_LENGTH, type Message, opcodeOf, parseMessage, RESPONSE, rcodeOf, Z } from './dns/message.js';
import { CODES, TYPES } from './dns/record-type.js';

const FORMATS = option(
  'app-layer.protocols.dns.formats',
  texts,
  ['detailed', 'grouped'],
  'how answers are shown in EVE records: detailed, grouped',
);

interface DnsTransaction extends Transaction {
  readonly message: Message;
  readonly response: boolean;
}

type DnsSession = Session<DnsTransaction>;

const EVENTS = [
  'unsolicited_response',
  'malformed_data',
  'not_a_request',
  'not_a_response',
  'z_flag_set',
  'invalid_opcode',
  'name_too_long',
  'infinite_loop',
  'too_many_labels',
  'invalid_additionals',
  'invalid_authorities',
] as const;

/** What alerts show. */
const ALL: DnsFormats = { detailed: true, grouped: true };

/** Highest opcode in use: DSO (RFC 8490). */
const MAX_OPCODE = 6;

/** A message adds a transaction, complete as soon as it is there. @param toServer direction it was sent in */
function addMessage(session: DnsSession, bytes: Uint8Array, toServer: boolean): void {
  const parsed = parseMessage(bytes);
  const empty: Message = {
    id: 0,
    flags: toServer ? 0 : RESPONSE,
    questions: [],
    answers: [],
    authorities: [],
    additionals: [],
  };
  const message = parsed?.message ?? empty;
  const response = (message.flags & RESPONSE) !== 0;
  const events: number[] = [];
  const raise = (name: (typeof EVENTS)[number]) => events.push(EVENTS.indexOf(name));
  if (!parsed) raise('malformed_data');
  for (const problem of parsed?.problems ?? []) raise(problem);
  if (toServer && response) raise('not_a_request');
  if (!toServer && !response) raise('not_a_response');
  if ((message.flags & Z) !== 0) raise('z_flag_set');
  if (opcodeOf(message.flags) > MAX_OPCODE) raise('invalid_opcode');
  const transaction = session.begin({
    id: session.transactionCount,
    // The other direction has nothing to wait for.
    progressToServer: toServer ? 0 : 1,
    progressToClient: toServer ? 1 : 0,
    events,
    message,
    response,
  });
  session.advance(transaction, toServer, 1);
}

/** Messages on a TCP stream, each behind its length. */
function* messages(session: DnsSession, toServer: boolean): Generator<void, void, void> {
  const socket = toServer ? session.client : session.server;
  for (;;) {
    const prefix = yield* socket.read(2);
    if (!prefix) return;
    const length = (prefix[0]! << 8) | prefix[1]!;
    const message = yield* socket.read(length);
    if (!message) return;
    if (length > 0) addMessage(session, message.slice(), toServer);
  }
}

/** Whether bytes look like a message: header plausible, and the first question's name well formed. */
function probe(
  bytes: Uint8Array,
  start: number,
  end: number,
  toServer: boolean,
  transport: 'tcp' | 'udp',
): ProbeResult {
  const prefix = transport === 'tcp' ? 2 : 0;
  if (end - start < prefix + HEADER_LENGTH) return transport === 'tcp' ? 'more' : 'no';
  if (prefix > 0 && ((bytes[start]! << 8) | bytes[start + 1]!) < HEADER_LENGTH) return 'no';
  const at = start + prefix;
  const flags = (bytes[at + 2]! << 8) | bytes[at + 3]!;
  const questions = (bytes[at + 4]! << 8) | bytes[at + 5]!;
  if (opcodeOf(flags) > MAX_OPCODE || questions > 256) return 'no';
  const response = (flags & RESPONSE) !== 0;
  if (!response && questions === 0) return 'no';
  if (transport === 'udp' && !wholeMessage(bytes.slice(at, end))) return 'no';
  return response === toServer ? 'yes-but-reversed' : 'yes';
}

function wholeMessage(bytes: Uint8Array): boolean {
  const parsed = parseMessage(bytes);
  return parsed !== undefined && !parsed.problems.has('malformed_data');
}

function names(
  keyword: string,
  summary: string,
  direction: 'to_server' | 'to_client' | 'either',
  of: (message: Message) => readonly Uint8Array[],
  more: Partial<BufferDeclaration<DnsTransaction>> = {},
): BufferDeclaration<DnsTransaction> {
  return {
    keyword,
    summary,
    direction,
    progress: 1,
    multiple: true,
    get: ({ message }, _, index) => of(message)[index],
    ...more,
  };
}

const questionNames = ({ questions }: Message) => questions.map(({ name }) => name);

/** All names of a response, those in the data of records too. */
function allNames(message: Message): Uint8Array[] {
  const records = [...message.answers, ...message.authorities, ...message.additionals];
  const inData = records.flatMap(({ data }) =>
    data.kind === 'name' ? [data.name] : data.kind === 'soa' ? [data.primary] : [],
  );
  return [...questionNames(message), ...records.map(({ name }) => name), ...inData];
}

export default defineProtocol<DnsTransaction>({
  name: 'dns',
  transports: ['udp', 'tcp'],
  options: [FORMATS],
  progressToServer: ['request_started', 'request_complete'],
  progressToClient: ['response_started', 'response_complete'],
  events: EVENTS,
  buffers: [
    names('dns.query', 'a name that is asked for', 'to_server', questionNames, { aliases: ['dns_query'] }),
    names('dns.queries.rrname', 'a name in the question section', 'either', questionNames),
    names('dns.answers.rrname', 'a name in the answer section', 'to_client', message =>
      message.answers.map(({ name }) => name),
    ),
    names('dns.authorities.rrname', 'a name in the authority section', 'to_client', message =>
      message.authorities.map(({ name }) => name),
    ),
    names('dns.additionals.rrname', 'a name in the additional section', 'either', message =>
      message.additionals.map(({ name }) => name),
    ),
    names(
      'dns.response.rrname',
      'any name of a response, also in the data of records',
      'to_client',
      allNames,
    ),
  ],
  values: [
    {
      keyword: 'dns.opcode',
      bits: 8,
      direction: 'either',
      progress: 1,
      summary: 'the opcode',
      get: ({ message }) => [opcodeOf(message.flags)],
    },
    {
      keyword: 'dns.rcode',
      bits: 16,
      direction: 'either',
      progress: 1,
      summary: 'the response code',
      names: CODES,
      get: ({ message }) => [rcodeOf(message.flags)],
    },
    {
      keyword: 'dns.rrtype',
      bits: 16,
      direction: 'either',
      progress: 1,
      summary: 'a type in questions or answers',
      names: TYPES,
      get: ({ message }) => [...message.questions, ...message.answers].map(({ type }) => type),
    },
  ],
  tests: [],
  recognition: { ports: { udp: [53], tcp: [53] }, probe },
  prepare: (config: Config): DnsFormats => {
    const formats = config.read(FORMATS);
    return { detailed: formats.includes('detailed'), grouped: formats.includes('grouped') };
  },
  client: session => messages(session, true),
  server: session => messages(session, false),
  datagram: (session, bytes, start, end, toServer) => addMessage(session, bytes.slice(start, end), toServer),
  record: ({ message, id }, _, settings) =>
    `"dns":${JSON.stringify(dnsRecord(message, id, (settings as DnsFormats | undefined) ?? ALL))}`,
});
