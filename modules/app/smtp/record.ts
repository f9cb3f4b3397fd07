/** The EVE record of a mail. */

import { createHash } from 'node:crypto';
import { filesMember, printable } from '../../../engine/files/file-record.js';
import { latin1, trimAscii } from '../../../engine/latin1.js';
import type { HeaderFields } from '../mime/header.js';
import type { SmtpTransaction } from './transaction.js';

const text = (bytes: Uint8Array): string => printable(latin1(bytes));

/**
 * Further header fields that can be logged: as a text, as the list of addresses in it, or as all fields of the name.
 */
export const FIELDS: Readonly<Record<string, 'text' | 'addresses' | 'all'>> = {
  'reply-to': 'text',
  bcc: 'addresses',
  'message-id': 'text',
  subject: 'text',
  'x-mailer': 'text',
  'user-agent': 'text',
  received: 'all',
  'x-originating-ip': 'text',
  'in-reply-to': 'text',
  references: 'text',
  importance: 'text',
  priority: 'text',
  sensitivity: 'text',
  organization: 'text',
  'content-md5': 'text',
  date: 'text',
};

export function smtpRecord(transaction: SmtpTransaction): string {
  const { helo, mailFrom, rcptTo } = transaction;
  const smtp = {
    ...(helo && { helo: text(helo) }),
    ...(mailFrom && { mail_from: text(mailFrom) }),
    ...(rcptTo.length > 0 && { rcpt_to: rcptTo.map(text) }),
  };
  const email = emailJson(transaction);
  const members = [`"smtp":${JSON.stringify(smtp)}`];
  if (email) members.push(`"email":${JSON.stringify(email)}`);
  return members.join();
}

function emailJson({
  header,
  whole,
  attachments,
  urls,
  settings,
  bodyMd5,
}: SmtpTransaction): object | undefined {
  if (!header) return undefined;
  const first = (name: string) => header.first(name);
  const subject = first('subject');
  const record: Record<string, unknown> = { status: whole ? 'PARSE_DONE' : 'BODY_STARTED' };
  const add = (name: string, value: unknown): void => {
    if (value !== undefined) record[name] = value;
  };
  add('from', shown(first('from')));
  add('to', addresses(first('to')));
  add('cc', addresses(first('cc')));
  for (const name of settings.loggedFields) add(name.replaceAll('-', '_'), fieldValues(header, name));
  if (urls.length > 0) record['url'] = urls.map(printable);
  if (attachments.length > 0) record['attachment'] = attachments.map(printable);
  add('body_md5', bodyMd5);
  if (settings.subjectMd5 && subject !== undefined)
    record['subject_md5'] = createHash('md5').update(subject, 'latin1').digest('hex');
  return record;
}

/** @returns undefined if the message has none */
function fieldValues(header: HeaderFields, name: string): string | string[] | undefined {
  const kind = FIELDS[name];
  if (kind === 'addresses') return addresses(header.first(name));
  if (kind === 'text') return shown(header.first(name));
  const all = kind === 'all' ? header.all(name).map(printable) : [];
  return all.length > 0 ? all : undefined;
}

function shown(value: string | undefined): string | undefined {
  return value === undefined ? undefined : printable(value);
}

/** Everything up to an unclosed quote. */
const CLOSED = /^(?:"(?:[^"\\]|\\.)*"|[^"])*/;

/** Addresses of a list; commas within quotes are part of a name. */
function addresses(value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  // Quotes after an unclosed one are unclosed as well: the rest is not searched for each of them.
  const closed = CLOSED.exec(value)![0];
  const list: string[] = closed.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? [];
  const others: string[] = value.slice(closed.length).match(/[^,"]+/g) ?? [];
  if (list.length + others.length === 0) return undefined;
  return [...list, ...others].map(each => printable(trimAscii(each))).filter(each => each !== '');
}

export function smtpAlertMembers(transaction: SmtpTransaction, toServer: boolean): string {
  return filesMember(transaction, toServer);
}
