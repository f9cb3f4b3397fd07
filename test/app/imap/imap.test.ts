import { describe, expect, it } from 'vitest';
import imap from '../../../modules/app/imap.js';
import { Feed } from '../../application/feed.js';

const isRecognised = (toServer: boolean, text: string, length: number) =>
  new Feed([imap], { serverPort: 143 })
    .pieces(toServer, text, () => length)
    .thread.counters.read('app_layer.flow.imap') === 1;

describe('imap', () => {
  it("is detected at any port by the server's greeting", () => {
    const feed = new Feed([imap], { serverPort: 1143 })
      .server('* OK ready\r\n')
      .client('a1 LOGIN u p\r\n')
      .end();
    expect(feed.thread.counters.read('app_layer.flow.imap')).toBe(1);
    expect(feed.records).toEqual([]);
  });

  it.each([
    [false, '* OK ready\r\n'],
    [false, '* PREAUTH ready\r\n'],
    [false, '* BYE\r\n'],
    [true, 'a1 LOGIN me secret\r\n'],
    [true, 'x NOOP\r\n'],
  ])('is detected with any segmentation: to the server %s, %j', (toServer, text) => {
    for (const length of [1, 3, 100]) expect(isRecognised(toServer, text, length)).toBe(true);
  });

  it.each([
    [false, '* LIST\r\n'],
    [true, 'a1 12\r\n'],
    [true, `${'a'.repeat(40)} LOGIN\r\n`],
  ])('is not detected: %s, %j', (toServer, text) => {
    for (const length of [1, 100]) expect(isRecognised(toServer, text, length)).toBe(false);
  });
});
