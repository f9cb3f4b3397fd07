/** The EVE record of a command. */

import { printable } from '../../../engine/files/file-record.js';
import { latin1 } from '../../../engine/latin1.js';
import type { FtpTransaction, Reply } from './transaction.js';

const text = (bytes: Uint8Array): string => printable(latin1(bytes));

export function ftpRecord(transaction: FtpTransaction): string {
  const { command, argument, replies, dynamicPort, active } = transaction;
  const codes = replies.flatMap(({ code }) => (code ? [text(code)] : []));
  const record = {
    ...(command !== undefined && { command: printable(command) }),
    ...(command !== undefined && { command_truncated: transaction.commandTruncated }),
    ...(argument && { command_data: text(argument) }),
    ...(codes.length > 0 && { completion_code: [...new Set(codes)] }),
    ...repliesJson(replies, transaction.replyTruncated),
    ...(dynamicPort > 0 && { dynamic_port: dynamicPort, mode: active ? 'active' : 'passive' }),
  };
  return `"ftp":${JSON.stringify(record)}`;
}

function repliesJson(replies: readonly Reply[], truncated: boolean): object {
  if (replies.length === 0) return { reply_received: 'no' };
  return { reply: replies.map(reply => text(reply.text)), reply_received: 'yes', reply_truncated: truncated };
}
