/**
 * Parsers request more of a stream than `stream.reassembly.depth` before the depth is reached, however large packets
 * are.
 */
import { expect, it } from 'vitest';
import { conversation, replay } from './replay.js';

const BODY = 'some text '.repeat(150_000);

it('a file in packets of joined segments is stored completely', async () => {
  const records = await replay({
    packets: conversation(
      [
        [true, 'GET /large HTTP/1.1\r\nHost: a\r\n\r\n'],
        [false, `HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`],
      ],
      60_000,
    ),
    types: '[files]',
    output: 'file-store: { version: 2, enabled: yes, force-filestore: yes, stream-depth: 0 }',
  });
  expect(records.map(({ fileinfo }) => fileinfo)).toMatchObject([{ size: BODY.length, state: 'CLOSED' }]);
});
