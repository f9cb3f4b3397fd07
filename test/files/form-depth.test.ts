/** Files in forms are tracked up to the depth of the file store, beyond the depth of streams. */
import { expect, it } from 'vitest';
import { conversation, replay, type Turn } from '../streams/replay.js';

it.each([
  ['the depth of the file store', '10kb', 'CLOSED', 3000],
  ["the stream depth, if the store's depth is equal", '1kb', 'TRUNCATED', 834],
  ["the stream depth, if the store's depth is lower", '500b', 'TRUNCATED', 834],
  ['the stream depth, if the store has no depth of its own', 'no', 'TRUNCATED', 834],
  ["the end of the file, if the store's depth is 0", '0', 'CLOSED', 3000],
])('a file is tracked up to %s', async (_, depth, state, size) => {
  const content = 'x'.repeat(3000);
  const part = 'Content-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\n';
  const body = `--B\r\n${part}${content}\r\n--B--\r\n`;
  const head =
    'POST /up HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=B\r\n' +
    `Content-Length: ${body.length}\r\n\r\n`;
  const records = await replay({
    packets: conversation([[true, head + body]], 500),
    types: '[files]',
    output: `file-store: { version: 2, enabled: yes, force-filestore: yes, stream-depth: ${depth} }`,
    words: ['--set', 'stream.reassembly.depth=1kb'],
  });
  const logged = records.map(({ fileinfo }) => [fileinfo.state, fileinfo.size]);
  expect(logged).toEqual([[state, size]]);
});

it.each(['single', 'workers', 'autofp', 'pipeline', 'oisf2009'])(
  'stored files continue beyond the stream depth in profile %s, whichever thread reassembles',
  async profile => {
    const content = 'x'.repeat(1_500_000);
    const turns: Turn[] = [
      [true, 'GET /f HTTP/1.1\r\nHost: h\r\n\r\n'],
      [false, `HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n${content}`],
    ];
    const records = await replay({
      packets: [40_000, 40_001].flatMap(port => conversation(turns, 1400, port)),
      types: '[files]',
      output: 'file-store: { version: 2, enabled: yes, force-filestore: yes, stream-depth: 0 }',
      profile,
    });
    expect(records.map(({ fileinfo }) => [fileinfo.state, fileinfo.size])).toEqual([
      ['CLOSED', 1_500_000],
      ['CLOSED', 1_500_000],
    ]);
  },
);
