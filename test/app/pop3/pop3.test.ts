import { describe, expect, it } from 'vitest';
import ftp from '../../../modules/app/ftp.js';
import pop3 from '../../../modules/app/pop3.js';
import { Feed, type FeedOptions } from '../../application/feed.js';

type Step = readonly [boolean, string];

function fed(steps: readonly Step[], options: FeedOptions = {}): Feed {
  const feed = new Feed([pop3], { serverPort: 110, ...options });
  for (const [toServer, text] of steps) {
    if (toServer) feed.client(text);
    else feed.server(text);
  }
  return feed.close(true).close(false).end();
}

const SESSION: readonly Step[] = [
  [false, '+OK ready\r\n'],
  [true, 'AUTH PLAIN\r\n'],
  [false, '+ \r\n'],
  [true, 'c2VjcmV0\r\n'],
  [false, '+OK Welcome.\r\n'],
  [true, 'LIST\r\n'],
  [false, '+OK 2\r\n1 10\r\n..2\r\n.\r\n'],
  [true, 'RETR 9\r\n'],
  [false, '-ERR no such message\r\n'],
  [true, 'QUIT\r\n'],
];

describe('pop3', () => {
  const recordsOf = (feed: Feed) => feed.records.map(record => record.pop3);

  it.each([110, 8110])('distinguishes its users from those of FTP, at port %i', serverPort => {
    const feed = new Feed([ftp, pop3], { serverPort });
    feed.server('+OK ready\r\n').client('US').client('ER bob\r\n').server('+OK\r\n').end();
    expect(recordsOf(feed)).toEqual([
      {
        request: { command: 'USER', args: ['bob'] },
        response: { success: true, status: 'OK', header: '', data: [] },
      },
    ]);
    expect([...feed.packetEvents]).toEqual([]);
  });

  it('logs commands with their responses', () => {
    expect(recordsOf(fed(SESSION))).toEqual([
      {
        request: { command: 'AUTH', args: ['PLAIN'] },
        response: { success: true, status: 'OK', header: '', data: [] },
      },
      {
        request: { command: '<SASL DATA>', args: [] },
        response: { success: true, status: 'OK', header: 'Welcome.', data: [] },
      },
      {
        request: { command: 'LIST', args: [] },
        response: { success: true, status: 'OK', header: '2', data: ['1 10', '.2'] },
      },
      {
        request: { command: 'RETR', args: ['9'] },
        response: { success: false, status: 'ERR', header: 'no such message', data: [] },
      },
      { request: { command: 'QUIT', args: [] } },
    ]);
  });

  it('logs the same with any segmentation', () => {
    const cut = SESSION.flatMap(([toServer, text]) => [...text].map((each): Step => [toServer, each]));
    expect(recordsOf(fed(cut))).toEqual(recordsOf(fed(SESSION)));
  });

  it.each([
    ['an unknown command', 'HELP\r\n', 'unknown_command'],
    ['a wrong number of arguments', 'STAT 1\r\n', 'incorrect_argument_count'],
    ['a long command', `USER ${'x'.repeat(5000)}\r\n`, 'request_too_long'],
    ['a command of more than 256 bytes', `USER ${'x'.repeat(250)}\r\n`, 'request_too_long'],
    ['a password of two words', 'PASS a b\r\n', 'incorrect_argument_count'],
    ['AUTH without a mechanism', 'AUTH\r\n', 'incorrect_argument_count'],
    ['too many commands', 'NOOP\r\n'.repeat(300), 'too_many_transactions'],
  ])('reports %s', (_, text, event) => {
    expect(
      fed([
        [false, '+OK ready\r\n'],
        [true, text],
      ]).events,
    ).toContain(event);
  });

  it('reports a first line of a response with more than 512 bytes', () => {
    const answered = (length: number) =>
      fed([
        [false, '+OK ready\r\n'],
        [true, 'STAT\r\n'],
        [false, `+OK ${'x'.repeat(length)}\r\n`],
      ]).events;
    expect([answered(506), answered(507)]).toEqual([[], ['response_too_long']]);
  });
});
