/** Keywords of SIP and SDP: each message is inspected in the direction it was sent. */
import type { BufferDeclaration, Direction } from '../../../engine/protocol.js';
import type { MessageHead } from './message.js';
import type { SessionDescription } from './sdp.js';
import { COMPLETE, type SipTransaction } from './transaction.js';

type Buffer_ = BufferDeclaration<SipTransaction>;

const bytesOf = (text: string | undefined): Uint8Array | undefined =>
  text === undefined ? undefined : Buffer.from(text, 'latin1');

function headBuffer(
  name: string,
  direction: Direction,
  summary: string,
  of: (head: MessageHead) => string | undefined,
): Buffer_ {
  return {
    keyword: `sip.${name}`,
    direction,
    progress: COMPLETE,
    summary,
    get: ({ head }) => bytesOf(head && of(head)),
  };
}

function fieldBuffer(name: string, field: string): Buffer_ {
  return {
    keyword: `sip.${name}`,
    direction: 'either',
    progress: COMPLETE,
    summary: `Header field ${field}, or its short form.`,
    multiple: true,
    get: ({ head }, _, index) => bytesOf(head?.fields.get(field)?.[index]),
  };
}

const HEADS: readonly Buffer_[] = [
  headBuffer('method', 'to_server', 'Method of a request.', ({ request }) => request?.method),
  headBuffer('uri', 'to_server', 'URI of a request.', ({ request }) => request?.uri),
  headBuffer('request_line', 'to_server', 'First line of a request.', ({ request, firstLine }) =>
    request ? firstLine : undefined,
  ),
  headBuffer('stat_code', 'to_client', 'Status code.', ({ response }) => response?.code),
  headBuffer(
    'stat_msg',
    'to_client',
    'Reason phrase of the status line.',
    ({ response }) => response?.reason,
  ),
  headBuffer('response_line', 'to_client', 'First line of a response.', ({ response, firstLine }) =>
    response ? firstLine : undefined,
  ),
  headBuffer('protocol', 'either', 'Protocol version in the first line.', ({ version }) => version),
];

/** @param of returns the text with a number, in constant time, as there may be many */
function descriptionBuffer(
  name: string,
  summary: string,
  of: (description: SessionDescription, index: number) => string | undefined,
  aliases: readonly string[] = [],
): Buffer_ {
  return {
    keyword: `sdp.${name}`,
    aliases,
    direction: 'either',
    progress: COMPLETE,
    summary,
    multiple: true,
    get: ({ sdp }, _, index) => bytesOf(sdp && of(sdp, index)),
  };
}

/** A session-level line. */
const line = (name: string, letter: string, summary: string): Buffer_ =>
  descriptionBuffer(name, summary, ({ session }, index) => session.get(letter)?.[index]);

/** A line of any media description. */
const medium = (name: string, letter: string, summary: string, aliases: readonly string[]): Buffer_ =>
  descriptionBuffer(
    `media.${name}`,
    summary,
    ({ ofMedia }, index) => ofMedia.get(letter)?.[index],
    aliases.map(alias => `sdp.${alias}`),
  );

const DESCRIPTIONS: readonly Buffer_[] = [
  line('origin', 'o', 'Originator of the session.'),
  line('session_name', 's', 'Name of the session.'),
  line('session_info', 'i', 'Description of the session.'),
  line('uri', 'u', 'URI with more information about the session.'),
  line('email', 'e', 'E-mail address of the contact.'),
  line('phone_number', 'p', 'Telephone number of the contact.'),
  line('connection_data', 'c', 'Connection data of the session.'),
  line('bandwidth', 'b', 'Bandwidth of the session.'),
  descriptionBuffer('time', 'Start and stop time of the session.', ({ times }, index) => times[index]?.time),
  descriptionBuffer('repeat_time', 'Repeat times of the session.', ({ repeats }, index) => repeats[index]),
  line('timezone', 'z', 'Time zone adjustments.'),
  line('encryption_key', 'k', 'Encryption key of the session.'),
  descriptionBuffer(
    'attribute',
    'Attribute of the session or of a medium.',
    ({ attributes }, index) => attributes[index],
  ),
  medium('media', 'm', 'Type, port, protocol and formats of a medium.', ['media_description.media']),
  medium('media_info', 'i', 'Title of a medium.', ['media.session_info', 'media_description.session_info']),
  medium('connection_data', 'c', 'Connection data of a medium.', ['media_description.connection_data']),
  medium('encryption_key', 'k', 'Encryption key of a medium.', ['media_description.encryption_key']),
];

export const BUFFERS: readonly Buffer_[] = [
  ...HEADS,
  fieldBuffer('from', 'from'),
  fieldBuffer('to', 'to'),
  fieldBuffer('via', 'via'),
  fieldBuffer('user_agent', 'user-agent'),
  fieldBuffer('content_type', 'content-type'),
  fieldBuffer('content_length', 'content-length'),
  ...DESCRIPTIONS,
];
