/** The EVE record of a mail. */
import { createHash } from 'node:crypto';
import { filesMember, printable } from '../../../engine/files/file-record.js';
import type { SmtpTransaction } from './transaction.js';

const text = (bytes: Uint8Array): string => printable(Buffer.from(bytes).toString('latin1'));

/** Header fields of which there may be several. */
const LISTS = new Set(['received', 'to', 'cc', 'bcc']);

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
  add('date', shown(first('date')));
  for (const name of settings.told) {
    const member = name.replaceAll('-', '_');
    if (name in record || member in record) continue;
    const all = header.all(name).map(printable);
    if (all.length > 0) record[member] = LISTS.has(name) ? all : all[0];
  }
  if (urls.length > 0) record['url'] = urls.map(printable);
  if (attachments.length > 0) record['attachment'] = attachments.map(printable);
  add('body_md5', bodyMd5);
  if (settings.subjectMd5 && subject !== undefined)
    record['subject_md5'] = createHash('md5').update(subject, 'latin1').digest('hex');
  return record;
}

function shown(value: string | undefined): string | undefined {
  return value === undefined ? undefined : printable(value);
}

/** Addresses of a list; commas within quotes are part of a name. */
function addresses(value: string | undefined): string[] | undefined {
  const list = value?.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g);
  return list?.map(each => printable(each.trim())).filter(each => each !== '');
}

export function smtpAlertMembers(transaction: SmtpTransaction): string {
  return filesMember(transaction);
}
