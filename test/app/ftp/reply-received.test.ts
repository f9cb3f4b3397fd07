/** `ftp.reply_received` tells whether a complete exchange had a reply, with any batch size. */
import { expect, it } from 'vitest';
import { conversation, replay } from '../../streams/replay.js';

const RULES = ['yes', 'no'].map(
  (value, i) => `alert ftp any any -> any any (ftp.reply_received:${value}; sid:${i + 1};)`,
);
const ANSWERED = [
  [false, '220 hi\r\n'],
  [true, 'USER a\r\n'],
  [false, '331 more\r\n'],
  [true, 'PASS b\r\n'],
  [false, '230 in\r\n'],
] as const;

const alerts = async (turns: readonly (readonly [boolean, string])[], batch: number) => {
  const words = ['--set', `threading.batch-size=${batch}`];
  const records = await replay({ packets: conversation(turns), rules: RULES, words });
  return records.map(({ alert }) => alert.signature_id);
};

it.each([1, 2, 64])('is right with batches of %i packets', async batch => {
  expect(await alerts(ANSWERED, batch)).toEqual([1, 1, 1]);
  expect(await alerts([...ANSWERED, [true, 'QUIT\r\n']], batch)).toEqual([1, 1, 1, 2]);
});
