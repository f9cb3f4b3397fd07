/** suricata.smtp: the current mail. */
import type { LuaValue } from '../../../engine/lua.js';
import type { LibraryMaker } from '../context.js';
import { CurrentTransaction, recordText, transactionLibrary } from '../transaction.js';

export const smtpLibrary: LibraryMaker = context => {
  const tx = new CurrentTransaction(context, ['smtp']);
  const list = (values: readonly LuaValue[]) => [values.length > 0 ? values : undefined];
  return transactionLibrary('suricata.smtp', tx, {
    get_mime_field: name => {
      const wanted = String(name).toLowerCase();
      return [tx.mailFields().find(field => field.name.toLowerCase() === wanted)?.value];
    },
    get_mime_list: () => list(tx.mailFields().map(({ name }) => name)),
    get_mail_from: () => [recordText(tx.record('smtp')['mail_from'])],
    get_rcpt_list: () => {
      const recipients = tx.record('smtp')['rcpt_to'];
      return list(Array.isArray(recipients) ? recipients.map(recordText) : []);
    },
  });
};
