/** Buffers of SMTP and of the messages it carries. */
import { fileBuffers } from '../../../engine/files/file-keywords.js';
import { type BufferDeclaration, MD5_TEXT } from '../../../engine/protocol.js';
import { BODY_MD5 } from './settings.js';
import { COMPLETE, DATA, HEADER, HELO, MAIL, type SmtpTransaction } from './transaction.js';

type Buffer_ = BufferDeclaration<SmtpTransaction>;

function buffer(
  keyword: string,
  progress: number,
  summary: string,
  get: (transaction: SmtpTransaction) => Uint8Array | undefined,
): Buffer_ {
  return { keyword, direction: 'to_server', progress, summary, get };
}

const bytes = (text: string | undefined): Uint8Array | undefined =>
  text === undefined ? undefined : Buffer.from(text, 'latin1');

function field(keyword: string, name: string): Buffer_ {
  return buffer(keyword, HEADER, `Field ${name} of the message.`, ({ header }) => bytes(header?.first(name)));
}

export const BUFFERS: readonly Buffer_[] = [
  buffer('smtp.helo', HELO, 'Name that the client gives in HELO or EHLO.', ({ helo }) => helo),
  buffer('smtp.mail_from', MAIL, 'Sender of the envelope.', ({ mailFrom }) => mailFrom),
  {
    ...buffer('smtp.rcpt_to', DATA, 'Recipient of the envelope.', () => undefined),
    multiple: true,
    get: ({ rcptTo }, _, index) => rcptTo[index],
  },
  field('email.from', 'from'),
  field('email.to', 'to'),
  field('email.cc', 'cc'),
  field('email.subject', 'subject'),
  field('email.date', 'date'),
  field('email.message_id', 'message-id'),
  field('email.x_mailer', 'x-mailer'),
  {
    ...field('email.received', 'received'),
    multiple: true,
    get: ({ header }, _, index) => bytes(header?.all('received')[index]),
  },
  {
    ...buffer('email.url', COMPLETE, 'URL in a text part of the message.', () => undefined),
    multiple: true,
    get: ({ urls }, _, index) => bytes(urls[index]),
  },
  {
    ...buffer('email.body_md5', COMPLETE, 'MD5 digest of the body.', ({ bodyMd5 }) => bytes(bodyMd5)),
    switch: BODY_MD5.path,
    form: MD5_TEXT,
  },
  {
    ...buffer('file.data', COMPLETE, 'Content of files.', ({ body }) => body?.store.view()),
    aliases: ['file_data'],
    shared: true,
    growing: true,
  },
  ...(fileBuffers({ direction: 'to_server', begun: COMPLETE, closed: COMPLETE }) as Buffer_[]),
];
