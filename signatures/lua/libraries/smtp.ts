/** suricata.smtp: the mail in hand. */
import type { LuaValue } from '../../../engine/lua.js';
import type { LibraryMaker } from '../context.js';
import { recordText, TransactionInHand, transactionLibrary } from '../transaction.js';

/** Fields of the mail's header, and the keywords of their values. */
const FIELDS: readonly (readonly [name: string, keyword: string])[] = [
  ['From', 'email.from'],
  ['To', 'email.to'],
  ['Cc', 'email.cc'],
  ['Subject', 'email.subject'],
  ['Date', 'email.date'],
  ['Message-ID', 'email.message_id'],
  ['X-Mailer', 'email.x_mailer'],
  ['Received', 'email.received'],
];

export const smtpLibrary: LibraryMaker = context => {
  const tx = new TransactionInHand(context, ['smtp']);
  const field = (keyword: string) => tx.texts(keyword, true)[0];
  const list = (values: readonly LuaValue[]) => [values.length > 0 ? values : undefined];
  return transactionLibrary('suricata.smtp', tx, {
    get_mime_field: name => {
      const wanted = String(name).toLowerCase();
      const known = FIELDS.find(([each]) => each.toLowerCase() === wanted);
      return [known && field(known[1])];
    },
    get_mime_list: () =>
      list(FIELDS.filter(([, keyword]) => field(keyword) !== undefined).map(([name]) => name)),
    get_mail_from: () => [recordText(tx.record('smtp')['mail_from'])],
    get_rcpt_list: () => {
      const recipients = tx.record('smtp')['rcpt_to'];
      return list(Array.isArray(recipients) ? recipients.map(recordText) : []);
    },
  });
};
