import { expect, test } from 'vitest';
import smtp from '../../modules/app/smtp.js';
import { smtpLibrary } from '../../signatures/lua/libraries/smtp.js';
import { Feed } from '../application/feed.js';

const MAIL = [
  'EHLO a',
  'MAIL FROM:<from@a>',
  'RCPT TO:<b@c>',
  'RCPT TO:<d@e>',
  'DATA',
  'From: x',
  'X-Odd:  y',
  ' z',
  '',
  'text',
  '.',
  'QUIT',
];

test('scripts can read all fields of a mail', () => {
  const feed = new Feed([smtp], { serverPort: 25 });
  feed.server('220 ready\r\n');
  for (const line of MAIL) feed.client(`${line}\r\n`);
  const transaction = feed.end().updates.map(each => each.transaction)[0]!;
  const context = { host: { protocolOf: () => smtp }, at: { transaction, flow: 0 } };
  const { functions } = smtpLibrary(context as never);
  const call = (name: string, ...values: string[]) => functions[name]!(...values)[0];
  expect(call('get_mime_list')).toEqual(['From', 'X-Odd']);
  expect(call('get_mime_field', 'x-odd')).toBe('yz');
  expect(call('get_mime_field', 'none')).toBeUndefined();
  expect(call('get_mail_from')).toBe('<from@a>');
  expect(call('get_rcpt_list')).toEqual(['<b@c>', '<d@e>']);
});
