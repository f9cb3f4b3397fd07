import { describe, expect, it } from 'vitest';
import telnet from '../../../modules/app/telnet.js';
import { Feed } from '../../application/feed.js';

const config = { outputs: [{ 'eve-log': { types: ['frame'] } }] };
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const OPTIONS = '\xff\xfd\x03\xff\xfa\x1f\0P\0 \xff\xf0\xff\xf4';

const frames = (feed: Feed) =>
  [...feed.end().frames].filter(({ type }) => type !== 'stream').map(({ type, length }) => [type, length]);

describe('telnet', () => {
  it('has frames for commands and data', () => {
    const feed = new Feed([telnet], { serverPort: 23, config }).client(bytes(`${OPTIONS}ls -a\r\n`));
    expect(frames(feed)).toEqual([
      ['ctl', 3],
      ['ctl', 7],
      ['ctl', 2],
      ['ctl', 2],
      ['data', 7],
    ]);
  });

  it('has the same frames with any segmentation', () => {
    const cut = new Feed([telnet], { serverPort: 23, config }).pieces(
      true,
      bytes(`${OPTIONS}a\nb\n`),
      () => 1,
    );
    const whole = new Feed([telnet], { serverPort: 23, config }).client(bytes(`${OPTIONS}a\nb\n`));
    expect(frames(cut)).toEqual(frames(whole));
  });

  it('limits the length of lines', () => {
    const feed = new Feed([telnet], { serverPort: 23, config }).client(
      bytes(`${OPTIONS}${'x'.repeat(10_000)}`),
    );
    expect(frames(feed).slice(4)).toEqual([
      ['data', 4096],
      ['data', 4096],
    ]);
  });

  it('is detected from commands only', () => {
    const feed = (text: string) => new Feed([telnet], { serverPort: 23 }).client(bytes(text)).end();
    expect(feed(OPTIONS).thread.counters.read('app_layer.flow.telnet')).toBe(1);
    expect(feed('hello\r\n').thread.counters.read('app_layer.flow.telnet')).toBe(0);
  });
});
