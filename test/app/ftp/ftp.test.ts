import { describe, expect, it } from 'vitest';
import { Expectations, MAX_DETAIL_BYTES } from '../../../engine/application/expectations.js';
import { DeclaredOptions } from '../../../engine/config/declared.js';
import { fromLatin1 } from '../../../engine/latin1.js';
import {
  parseExtendedPassive,
  parseExtendedPort,
  parsePassive,
  parsePort,
} from '../../../modules/app/ftp/data-port.js';
import ftp from '../../../modules/app/ftp.js';
import ftpData from '../../../modules/app/ftp-data.js';
import { Feed, type FeedOptions } from '../../application/feed.js';

const SESSION = [
  [false, '220 Welcome\r\n'],
  [true, 'USER anonymous\r\n'],
  [false, '331-Please\r\n 230 not the end\r\n331 specify\r\n'],
  [true, 'PORT 10,0,0,1,4,1\r\n'],
  [false, '200 OK\r\n'],
  [true, 'RETR a file.txt\r\n'],
  [false, '150 Opening\r\n226 Complete\r\n'],
  [true, 'EPSV\r\n'],
  [false, '229 Entering Extended Passive Mode (|||4242|)\r\n'],
  [true, 'QUIT\r\n'],
] as const;

function fed(steps: readonly (readonly [boolean, string])[], options: FeedOptions = {}): Feed {
  const feed = new Feed([ftp, ftpData], { serverPort: 21, ...options });
  for (const [toServer, text] of steps) {
    if (toServer) feed.client(text);
    else feed.server(text);
  }
  return feed.close(true).close(false).end();
}

const recordsOf = (feed: Feed) => feed.records.map(record => record.ftp);

describe('ftp', () => {
  it('has commands in upper case and keeps other bytes', () => {
    // Interrupt Process and Data Mark of TELNET precede ABOR (RFC 959 4.1.3).
    const feed = new Feed([ftp], { serverPort: 21 }).server('220 Welcome\r\n');
    feed
      .client(fromLatin1('\xff\xf4\xff\xf2abor\r\n'))
      .server('226 Aborted\r\n')
      .close(true)
      .close(false)
      .end();
    expect(feed.records.map(({ ftp }) => ftp.command)).toEqual([undefined, '\\xFF\\xF4\\xFF\\xF2ABOR']);
  });

  it('logs commands with their replies', () => {
    expect(recordsOf(fed(SESSION))).toMatchObject([
      { completion_code: ['220'], reply: ['Welcome'], reply_received: 'yes' },
      { command: 'USER', command_data: 'anonymous', reply: ['Please', ' 230 not the end', 'specify'] },
      { command: 'PORT', mode: 'active', dynamic_port: 1025, completion_code: ['200'] },
      { command: 'RETR', command_data: 'a file.txt', completion_code: ['150', '226'] },
      { command: 'EPSV', mode: 'passive', dynamic_port: 4242 },
      { command: 'QUIT', reply_received: 'no' },
    ]);
  });

  it('accounts for its memory, and for expected connections', () => {
    const feed = new Feed([ftp, ftpData], { serverPort: 21 });
    const { counters } = feed.thread;
    feed.client('USER anonymous\r\n');
    expect(counters.read('ftp.memuse')).toBe('USER anonymous'.length);
    feed.server('331 ok\r\n').client('PORT 10,0,0,1,4,1\r\n').server('200 OK\r\n').client('RETR a\r\n');
    expect(counters.read('app_layer.expectations')).toBe(1);
    feed.close(true).close(false).end();
    expect(counters.read('app_layer.error.ftp.internal')).toBe(0);
  });

  it('logs the same with any segmentation', () => {
    const whole = recordsOf(fed(SESSION));
    const bytes = SESSION.flatMap(([toServer, text]) => [...text].map(each => [toServer, each] as const));
    expect(recordsOf(fed(bytes))).toEqual(whole);
  });

  it.each([
    ['a command that is too long', [[true, `USER ${'x'.repeat(5000)}\r\n`]], 'request_command_too_long'],
    ['a reply that is too long', [[false, `220 ${'x'.repeat(5000)}\r\n`]], 'response_command_too_long'],
    ['a file without a port', [[true, 'USER a\r\nRETR b\r\n']], 'file_before_port'],
    ['too many commands', [[true, 'USER a\r\n'.repeat(1025)]], 'too_many_transactions'],
  ] as [string, [boolean, string][], string][])('reports %s', (_, steps, event) => {
    expect(fed(steps).events).toEqual([event]);
  });

  it('truncates long lines and continues behind them', () => {
    const config = { 'app-layer': { protocols: { ftp: { 'max-line-length': '10' } } } };
    const [first, second] = recordsOf(fed([[true, 'USER 1234567890\r\nSYST\r\n']], { config }));
    expect(first).toMatchObject({ command_data: '12345', command_truncated: true });
    expect(second).toMatchObject({ command: 'SYST', command_truncated: false });
  });

  it('rejects limits that are too small', () => {
    const config = (most: string) => ({ 'app-layer': { protocols: { ftp: { 'max-line-length': most } } } });
    const [first, second] = recordsOf(fed([[true, 'USER a\r\nSYST\r\n']], { config: config('1') }));
    expect([first!.command, second!.command]).toEqual(['U', 'S']);
    const findings = new DeclaredOptions(ftp.options ?? []).check(config('0'));
    expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining('a size from 1 to 1gb')]);
  });

  it('marks data connections offered for other hosts as bounce', () => {
    const offered = (line: string) =>
      fed([[true, `USER a\r\n${line}\r\n`]]).transactions[1] as { bounce?: boolean };
    expect(offered('PORT 10,0,0,1,1,1').bounce).toBe(false);
    expect(offered('PORT 10,0,0,9,1,1').bounce).toBe(true);
    expect(offered('EPRT |1|10.0.0.9|80|').bounce).toBe(true);
  });
});

describe('ports of data connections are parsed', () => {
  it.each([
    [parsePort('10,0,0,1,4,1')?.port, 1025],
    [parsePort('10,0,0,256,4,1'), undefined],
    [parseExtendedPort('|2|2001:db8::1|80|')?.port, 80],
    [parseExtendedPort('|1|10.0.0.1|99999|'), undefined],
    [parseExtendedPort(''), undefined],
    [parsePassive('227 Entering (1,2,3,4,5,6)'), 1286],
    [parseExtendedPassive('229 (|||80|)'), 80],
    [parseExtendedPassive('229 (|||99999|)'), undefined],
  ])('%s', (found, expected) => expect(found).toBe(expected));
});

describe('data connections that were announced', () => {
  const a = Uint8Array.of(10, 0, 0, 1);
  const b = Uint8Array.of(10, 0, 0, 2);
  const detail = { command: 'RETR', filename: 'x.txt' };

  it('are expected once, by whichever side begins', () => {
    const expectations = new Expectations();
    expect(expectations.isEmpty).toBe(true);
    expectations.add(a, b, 1025, 100, { protocol: 3, detail });
    expect(expectations.take(b, a, 1026, 100)).toBeUndefined();
    expect(expectations.take(b, a, 1025, 100)).toEqual({ protocol: 3, detail });
    expect(expectations.take(b, a, 1025, 100)).toBeUndefined();
  });

  it('expire after a while, and are limited in number', () => {
    const expectations = new Expectations();
    expectations.add(a, b, 1, 100, { protocol: 3, detail });
    expect(expectations.take(a, b, 1, 131)).toBeUndefined();
    const host = (i: number) => Uint8Array.of(10, 1, i >> 8, i & 255);
    for (let i = 1; i <= 1025; i++) expectations.add(a, host(i), 1, 200, { protocol: 3, detail });
    expect(expectations.take(a, host(1), 1, 200)).toBeUndefined();
    expect(expectations.take(a, host(1025), 1, 200)).toBeDefined();
  });

  it('of two hosts do not replace those of others', () => {
    const expectations = new Expectations();
    const other = Uint8Array.of(10, 9, 9, 9);
    expectations.add(a, other, 21, 199, { protocol: 3, detail });
    for (let port = 1; port <= 2000; port++) expectations.add(a, b, port, 200, { protocol: 3, detail });
    const left = Array.from({ length: 2000 }, (_, i) => expectations.take(a, b, i + 1, 200)).filter(Boolean);
    expect(left.length).toBe(64);
    expect(expectations.take(a, other, 21, 200)).toEqual({ protocol: 3, detail });
  });

  it('may have no detail, or names with any characters', () => {
    const expectations = new Expectations();
    expectations.add(a, b, 1, 100, { protocol: 3, detail: undefined });
    expect(expectations.take(a, b, 1, 100)).toEqual({ protocol: 3, detail: null });
    const filename = '\x01'.repeat(200);
    expectations.add(a, b, 1, 100, { protocol: 3, detail: { command: 'RETR', filename } });
    expect(expectations.take(a, b, 1, 100)?.detail).toEqual({ command: 'RETR', filename });
  });

  it('have a detail of limited size', () => {
    const long = 'x'.repeat(MAX_DETAIL_BYTES);
    expect(new Expectations().add(a, b, 1, 1, { protocol: 1, detail: long })).toBe(false);
  });

  it('are files', () => {
    const feed = new Feed([ftp, ftpData], { serverPort: 1025 });
    const number = 2;
    feed.expect({ protocol: number, detail }, 1025);
    feed.client('the content').close(true).close(false).end();
    expect(feed.records).toEqual([{ ftp_data: { filename: 'x.txt', command: 'RETR' } }]);
    expect(feed.files.map(({ file }) => [file.nameText, file.size, file.state])).toEqual([
      ['x.txt', 11, 'closed'],
    ]);
  });

  it('are truncated at the depth of the stream', () => {
    const feed = new Feed([ftp, ftpData], { serverPort: 1025 });
    feed.expect({ protocol: 2, detail }, 1025).client('the content').cut(true).close(false).end();
    expect(feed.files.map(({ file }) => [file.size, file.state])).toEqual([[11, 'truncated']]);
  });
});
