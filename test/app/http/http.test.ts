import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../engine/application/session.js';
import type { HttpTransaction } from '../../../modules/app/http/transaction.js';
import http from '../../../modules/app/http.js';
import { Feed } from '../../application/feed.js';
import { buffer, buffers, exchange, libhtp } from './exchange.js';

const GET = 'GET /a/../b%20c?q=%41 HTTP/1.1\r\nHost: Example.COM:80\r\nUser-Agent: x\r\nCookie: k=v\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: 5\r\n\r\nhello';

describe('http', () => {
  it('has buffers for the parts of a request', () => {
    const feed = exchange(GET, OK);
    expect(buffers(feed, true)).toMatchObject({
      'http.method': 'GET',
      'http.uri': '/b c?q=A',
      'http.uri.raw': '/a/../b%20c?q=%41',
      'http.protocol': 'HTTP/1.1',
      'http.request_line': 'GET /a/../b%20c?q=%41 HTTP/1.1',
      'http.host': 'example.com',
      'http.host.raw': 'Example.COM:80',
      'http.header': 'Host: Example.COM:80\r\nUser-Agent: x\r\n',
      'http.header.raw': 'Host: Example.COM:80\r\nUser-Agent: x\r\nCookie: k=v\r\n\r\n',
      'http.header_names': '\r\nHost\r\nUser-Agent\r\nCookie\r\n\r\n',
      'http.user_agent': 'x',
      'http.cookie': 'k=v',
      'http.start':
        'GET /a/../b%20c?q=%41 HTTP/1.1\r\nHost: Example.COM:80\r\nUser-Agent: x\r\nCookie: k=v\r\n\r\n',
    });
    expect(buffer(feed, true, 'http.request_header', 1)).toBe('User-Agent: x');
  });

  it('has buffers for the parts of a response', () => {
    const feed = exchange(GET, OK);
    expect(buffers(feed, false)).toMatchObject({
      'http.response_line': 'HTTP/1.1 200 OK',
      'http.stat_code': '200',
      'http.stat_msg': 'OK',
      'http.server': 's',
      'http.content_len': '5',
      'http.response_body': 'hello',
      'file.data': 'hello',
    });
  });

  it('logs transactions', () => {
    expect(exchange(GET, OK).records).toEqual([
      { http: { hostname: 'example.com', http_port: 80, url: '/a/../b%20c?q=%41', http_user_agent: 'x' } },
    ]);
  });

  it('pairs pipelined requests with their responses', () => {
    const feed = new Feed([http]);
    feed.client(
      'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    feed.server('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n');
    feed
      .server('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n33\r\n0\r\nTrailer: t\r\n\r\n')
      .end();
    expect(feed.records.map(({ http }) => http.url)).toEqual(['/1', '/2', '/3']);
    expect(feed.events).toEqual(['RESPONSE_CHUNK_EXTENSION']);
    expect(feed.files.map(({ file }) => [file.nameText, file.state, file.size])).toEqual([
      ['/1', 'closed', 1],
      ['/3', 'closed', 2],
    ]);
  });

  it('assembles a file from ranges in any order', () => {
    const feed = new Feed([http]);
    for (const [start, text] of [
      [0, 'abc'],
      [5, 'fgh'],
      [3, 'de'],
    ] as const) {
      const range = `bytes ${start}-${start + text.length - 1}/8`;
      feed.client('GET /f HTTP/1.1\r\nHost: a\r\n\r\n');
      feed.server(
        `HTTP/1.1 206 P\r\nContent-Range: ${range}\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
      );
    }
    feed.end();
    const files = feed.files.map(({ file }) => [file.range?.start, file.size, file.state]);
    expect(files).toEqual([
      [0, 3, 'closed'],
      [5, 3, 'closed'],
      [3, 2, 'closed'],
      [undefined, 8, 'closed'],
    ]);
  });

  it('inspects an uncompressed body as it is, whatever its header claims', () => {
    const body = '{"sdk_version":11026,"app_package":"com.xcm.huasheng"}';
    const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`;
    const feed = new Feed([http]).client(head + body).end();
    expect(buffer(feed, true, 'http.request_body')).toBe(body);
    expect(feed.events).toEqual(['GZIP_DECOMPRESSION_FAILED']);
  });

  it('finds the body behind any line ends that browsers accept', () => {
    for (const end of ['\n\n', '\n\r\n', '\n\r\r\n', '\n\r\r\n\r\n', '\r\n \r\n\r\n']) {
      const answer = `HTTP/1.1 200 OK\r\nContent-Length: 5${end}hello`;
      expect(buffer(exchange(GET, answer), false, 'http.response_body'), JSON.stringify(end)).toBe('hello');
      const cut = new Feed([http]).client(GET).pieces(false, answer, () => 1);
      expect(buffer(cut.end(), false, 'http.response_body'), JSON.stringify(end)).toBe('hello');
    }
  });

  it('truncates bodies without a length at the depth of the stream', () => {
    const feed = new Feed([http]).client(GET).server('HTTP/1.1 200 OK\r\n\r\nhello').cut(false).end();
    expect(feed.files.map(({ file }) => [file.size, file.state])).toEqual([[5, 'truncated']]);
  });

  it('finds a status line behind another line, as browsers do', () => {
    for (const line of [' indented', 'not indented'])
      expect(buffer(exchange(GET, `${line}\r\n${OK}`), false, 'http.response_body'), line).toBe('hello');
    expect(buffer(exchange(GET, 'a\r\nbody'), false, 'http.response_body')).toBe('a\r\nbody');
  });

  it('keeps its protocol if the connection changes to an unknown one, and stops parsing', () => {
    const switched = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\n\r\n\x01\x02';
    const feed = new Feed([http]).client(GET).server(switched).client('\x03').client(GET).server(OK);
    expect(feed.application.sessionOf(0)?.protocol.name).toBe('http');
    expect(feed.end().records.length).toBe(1);
    expect(feed.anomalies).toEqual([]);
  });

  it('logs the same with any segmentation', () => {
    const body = gzipSync('x'.repeat(3000) + Math.PI).toString('latin1');
    const client =
      'POST /up?x=1 HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=QQ\r\nTransfer-Encoding: chunked\r\n\r\n' +
      chunked(
        '--QQ\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nfirst file\r\n--QQ--\r\n',
      ) +
      'GET /2 HTTP/1.0\r\n\r\n';
    const server =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n' +
      `Content-Length: ${body.length}\r\n\r\n${body}HTTP/1.0 404 No\nX: y\n z\n\nrest`;
    let expected: unknown;
    for (let size = 2000; size > 0; size = size > 50 ? size >> 1 : size - 1) {
      // A busy machine must not look like a compression bomb.
      const feed = new Feed([http], { config: libhtp({ 'decompression-time-limit': 0 }) });
      feed
        .pieces(true, client, () => size)
        .pieces(false, server, () => size)
        .close(false)
        .end();
      const seen = {
        records: feed.records,
        events: feed.events,
        files: feed.files.map(({ file }) => [file.nameText, file.state, file.size]),
        first: [buffers(feed, true, 0), buffers(feed, false, 0)],
        second: [buffers(feed, true, 1), buffers(feed, false, 1)],
      };
      expected ??= seen;
      expect(seen).toEqual(expected);
    }
    expect(expected).toMatchObject({
      files: [
        ['a.txt', 'closed', 10],
        ['/up', 'closed', 3017],
        ['/2', 'closed', 4],
      ],
    });
  });
});

describe('forms', () => {
  const part = (name: string, content: string) =>
    `Content-Disposition: form-data; name="f"${name && `; filename="${name}"`}\r\n\r\n${content}\r\n`;
  const form = (named: string, boundary: string, ...parts: string[]) =>
    ({
      named,
      body: `${parts.map(each => `--${boundary}\r\n${each}`).join('')}--${boundary}--\r\n`,
    }) as const;
  const files = ({ named, body }: { named: string; body: string }, length = body.length) => {
    const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=${named}\r\n`;
    const feed = exchange(`${head}Content-Length: ${length}\r\n\r\n${body}`, '');
    return {
      files: feed.files.map(({ file }) => `${file.nameText} ${file.size} ${file.state}`),
      events: feed.events,
    };
  };

  it.each([
    ['a file', form('B', 'B', part('a', 'hello')), ['a 5 closed']],
    [
      'a name with a final byte like a space',
      form('B', 'B', part('\xc3\xa0', 'hello')),
      ['\xc3\xa0 5 closed'],
    ],
    [
      'a boundary with a byte like a space',
      form('B\xa0C', 'B\xa0C', part('a', 'hello\r\n--B')),
      ['a 10 closed'],
    ],
    ['a boundary in quotes', form('"a b"', 'a b', part('a', 'hello')), ['a 5 closed']],
    [
      'a field between files',
      form('B', 'B', part('a', 'hello'), part('', 'xyz'), part('b', '1')),
      ['a 5 closed', 'b 1 closed'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(files(given)).toEqual({ files: expected, events: [] });
  });

  it.each([
    [
      'lines that end with LF only',
      [`--B\n${part('a', 'hel\rlo')}--B\n${part('b', '1')}--B--\n`.replaceAll('\r\n', '\n')],
      ['a 6 closed', 'b 1 closed'],
      [],
    ],
    [
      'an end before a part',
      ['--B--\r\n', `--B\r\n${part('a', 'hello')}--B--\r\n`, `--B\r\n${part('b', '1')}--B--\r\n`],
      ['a 5 closed', 'b 1 closed'],
      ['MULTIPART_GENERIC_ERROR'],
    ],
    [
      'a header that is too long',
      [`--B\r\nX: ${'x'.repeat(5000)}`, '\r\n', `--B\r\n${part('a', 'hello')}--B--\r\n`],
      ['a 5 closed'],
      ['MULTIPART_INVALID_HEADER'],
    ],
    [
      'many fields',
      [`--B\r\n${part('', '')}`.repeat(1100), `--B\r\n${part('a', 'hello')}--B--\r\n`],
      ['a 5 closed'],
      [],
    ],
  ])('with %s show all their files', (_name, pieces, names, events) => {
    for (const step of [1e6, 1000, 7]) {
      const body = pieces.join('');
      const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=B\r\n`;
      const feed = new Feed([http]).client(`${head}Content-Length: ${body.length}\r\n\r\n`);
      feed.pieces(true, body, () => step).end();
      expect(feed.files.map(({ file }) => `${file.nameText} ${file.size} ${file.state}`)).toEqual(names);
      expect(feed.events).toEqual(events);
    }
  });

  it('that are truncated truncate their files', () => {
    const { named, body } = form('B', 'B', part('a', 'hello'), part('b', 'world'));
    expect(files({ named, body: body.slice(0, -12) }, body.length).files).toEqual([
      'a 5 closed',
      'b 2 truncated',
    ]);
  });

  it('without files', () => {
    const empty = form('B', 'B', part('a', ''));
    expect(files(empty)).toEqual({ files: ['a 0 closed'], events: ['MULTIPART_NO_FILEDATA'] });
    expect(files(form('B', 'B', 'X: y\r\n\r\nhello\r\n'))).toEqual({
      files: [],
      events: ['MULTIPART_INVALID_HEADER'],
    });
  });
});

describe('a body after Expect: 100-continue', () => {
  const ASKING = 'POST /1 HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n';
  const urls = (...turns: [client: string, server: string][]) => {
    const feed = new Feed([http]);
    for (const [client, server] of turns) feed.client(client).server(server);
    return feed
      .close(true)
      .close(false)
      .end()
      .records.map(({ http }) => http.url);
  };

  it('is not expected after a refusal', () => {
    const refused = 'HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n';
    expect(urls([ASKING, refused], [GET, OK])).toEqual(['/1', '/a/../b%20c?q=%41']);
  });

  it('is expected after a 100, or if the client did not wait', () => {
    expect(urls([ASKING, 'HTTP/1.1 100 Continue\r\n\r\n'], ['GET /', OK])).toEqual(['/1']);
    expect(urls([ASKING + 'GET /', OK.replace('200', '400')], [GET, OK])).toEqual([
      '/1',
      '/a/../b%20c?q=%41',
    ]);
  });
});

describe('interim responses', () => {
  const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n';

  it.each([1, 7, 500])('belong to the final response (segments of %i bytes)', size => {
    const config = { outputs: [{ 'eve-log': { types: [{ http: { extended: true } }] } }] };
    const feed = new Feed([http], { config: config as never });
    feed.client(GET).pieces(false, `${HINTS}${HINTS}${OK}`, () => size);
    feed.client(GET.replace('/a/', '/b/')).server(OK.replace('200', '404')).close(false).end();
    expect(feed.records.map(({ http }) => [http.url, http.status, http.length])).toEqual([
      ['/a/../b%20c?q=%41', 200, 5],
      ['/b/../b%20c?q=%41', 404, 5],
    ]);
    expect(feed.events).toEqual([]);
  });
});

describe('gaps', () => {
  it('end a response if more is missing than the body; requests continue', () => {
    const feed = new Feed([http], { serverPort: 80 }).client(GET).server(OK.slice(0, -3)).gap(false, 50);
    feed.server(OK).client(GET).server(OK).end();
    expect(feed.files.map(({ file }) => [file.size, file.gaps])).toEqual([[5, true]]);
    expect(feed.transactions.map(({ progressToClient }) => progressToClient > 0)).toEqual([true, true]);
    expect(feed.records.length).toBe(2);
  });

  it('before a response do not prevent its parsing', () => {
    const feed = new Feed([http], { serverPort: 80 }).client(GET + GET);
    feed.server(OK.slice(0, 30)).gap(false, 28);
    feed.server(OK.replace('200', '404')).close(false).end();
    expect(feed.transactions.map(each => (each as HttpTransaction).response.status)).toEqual([200, 404]);
  });

  it.each([10, 30, 45])('in the first lines of a response (after %i bytes) do not shift its parts', came => {
    const feed = new Feed([http], { serverPort: 80 }).client(GET).server(OK.slice(0, came)).gap(false, 5);
    feed
      .server(`${OK.slice(came + 5)}abc`)
      .close(false)
      .end();
    expect(feed.transactions).toHaveLength(1);
  });

  it('within a body do not prevent parsing of the next response', () => {
    const feed = new Feed([http], { serverPort: 80 }).client(GET).server(OK.slice(0, -3)).gap(false, 2);
    feed.server(`o${OK}`).end();
    expect(feed.files.map(({ file }) => [file.size, file.gaps])).toEqual([
      [5, true],
      [5, false],
    ]);
  });
});

it('waits for the final response after any number of interim ones', () => {
  const feed = new Feed([http]).client(GET);
  feed.server(`${'HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n'.repeat(40)}${OK}`).end();
  expect((feed.transactions as HttpTransaction[]).map(({ response }) => response.status)).toEqual([200]);
});

it('reports a trailer that is too long', () => {
  const chunks = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n';
  const feed = new Feed([http])
    .client(GET)
    .server(`${chunks}X: ${'y'.repeat(20_000)}`)
    .end();
  expect(feed.events).toContain('RESPONSE_FIELD_TOO_LONG');
});

describe('a tunnel rejected by the server', () => {
  const CONNECT = 'CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n';
  const REFUSED = 'HTTP/1.1 405 No\r\nContent-Length: 2\r\n\r\nno';
  const pairs = (feed: Feed) =>
    (feed.transactions as HttpTransaction[]).map(({ request, response }) => [
      Buffer.from(request.method).toString(),
      response.status,
    ]);

  it.each([
    ['at once', (feed: Feed) => feed.server(REFUSED + OK)],
    ['piece by piece', (feed: Feed) => feed.pieces(false, REFUSED + OK, () => 7)],
    ['when the client has sent all', (feed: Feed) => feed.close(true).server(REFUSED).server(OK)],
  ])('leaves the requests behind it to be parsed, answered %s', (_, answer) => {
    const feed = new Feed([http]).client(CONNECT + GET);
    answer(feed);
    // Before the client sends more.
    expect(pairs(feed)).toEqual([
      ['CONNECT', 405],
      ['GET', 200],
    ]);
  });

  it('fails the parser if the server does not answer within the limit of waiting data', () => {
    const limit = 'app-layer.socket-limit';
    const feed = new Feed([http], { config: { [limit]: '64kb' } }).client(CONNECT);
    for (let i = 0; i < 4; i++) feed.client('x'.repeat(60_000));
    const { client, failed } = feed.application.sessionOf(0) as unknown as Session;
    expect([client.available < 200_000, failed]).toEqual([true, true]);
  });
});

function chunked(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
}

describe('records', () => {
  it('contain what each output wants', () => {
    const output = (settings: object) => ({ 'eve-log': { types: [{ http: settings }] } });
    const config = {
      outputs: [
        output({ enabled: true }),
        output({ extended: true }),
        output({ custom: ['Accept-Encoding'] }),
        output({ 'dump-all-headers': 'request' }),
      ],
    };
    const feed = exchange('GET /a HTTP/1.1\r\nHost: b\r\nAccept-Encoding: c\r\n\r\n', '', config as never);
    expect(feed.records.map(({ http }) => http)).toEqual([
      { hostname: 'b', url: '/a' },
      { hostname: 'b', url: '/a', http_method: 'GET', protocol: 'HTTP/1.1', length: 0 },
      { hostname: 'b', url: '/a', accept_encoding: 'c' },
      {
        hostname: 'b',
        url: '/a',
        request_headers: [
          { name: 'Host', value: 'b' },
          { name: 'Accept-Encoding', value: 'c' },
        ],
      },
    ]);
  });

  it('of alerts have the bodies that an output wants', () => {
    const alert = { 'http-body': true, 'http-body-printable': true };
    const config = { outputs: [{ 'eve-log': { types: [{ alert }] } }] };
    const request = 'POST /a HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\na\x00b';
    const { updates } = exchange(request, OK, config as never);
    const { http: record } = JSON.parse(`{${http.record(updates[0]!.transaction as never, true)}}`);
    expect(record).toMatchObject({
      http_request_body: 'YQBi',
      http_request_body_printable: 'a.b',
      http_response_body: 'aGVsbG8=',
      http_response_body_printable: 'hello',
    });
    expect(http.record(updates[0]!.transaction as never, false)).not.toContain('body');
  });
});
