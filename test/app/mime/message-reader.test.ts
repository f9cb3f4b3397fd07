import { describe, expect, it } from 'vitest';
import { transferDecoder } from '../../../modules/app/mime/decoding.js';
import { HeaderFields, parameter } from '../../../modules/app/mime/header.js';
import { MessageReader, type MimeSettings } from '../../../modules/app/mime/message-reader.js';

const SETTINGS: MimeSettings = {
  decoded: ['base64', 'quoted-printable'],
  maxValueLength: 100,
  maxFiles: 3,
  schemes: ['http'],
  withScheme: false,
};

interface Seen {
  readonly header: Record<string, string>;
  readonly files: { name: string; content: string; closed: boolean }[];
  readonly urls: string[];
  readonly problems: Set<string>;
}

function read(text: string, settings: Partial<MimeSettings> = {}): Seen {
  const seen: Seen = { header: {}, files: [], urls: [], problems: new Set() };
  const reader = new MessageReader(
    { ...SETTINGS, ...settings },
    {
      header: ({ fields }) =>
        Object.assign(seen.header, Object.fromEntries(fields.map(f => [f.name, f.value]))),
      openFile: name => seen.files.push({ name, content: '', closed: false }),
      fileData: bytes => {
        seen.files.at(-1)!.content += Buffer.from(bytes).toString('latin1');
      },
      closeFile: () => {
        seen.files.at(-1)!.closed = true;
      },
      url: url => seen.urls.push(url),
      report: problem => seen.problems.add(problem),
    },
  );
  for (const line of text.split('\n')) reader.line(Buffer.from(line, 'latin1'));
  reader.end();
  return seen;
}

const PARTS = `From: a@example.org
Subject: two
 lines
Content-Type: multipart/mixed; boundary="outer"

before
--outer
Content-Type: text/plain

See http://example.org/a?b=c now.
--outer
Content-Type: multipart/related; boundary=inner

--inner
Content-Disposition: attachment; filename="one.bin"
Content-Transfer-Encoding: base64

aGVs
bG8=
--inner
Content-Type: text/plain; name=two.txt
Content-Transfer-Encoding: quoted-printable

a=3Db =
c
d
--inner--
--outer--
after`;

describe('messages', () => {
  it('have fields, files and texts', () => {
    const seen = read(PARTS);
    expect(seen.header).toMatchObject({ From: 'a@example.org', Subject: 'twolines' });
    expect(seen.files).toEqual([
      { name: 'one.bin', content: 'hello', closed: true },
      { name: 'two.txt', content: 'a=b c\r\nd', closed: true },
    ]);
    expect(seen.urls).toEqual(['example.org/a?b=c']);
    expect([...seen.problems]).toEqual([]);
  });

  const urls = (encoding: string, body: string) =>
    read(`Content-Transfer-Encoding: ${encoding}\n\n${body}`).urls;
  const TEXT = 'see http://example.org/a?b=c and http://example.net/d\r\nhttp://e';

  it.each([
    ['base64', Buffer.from(TEXT).toString('base64').replace(/.{8}/g, '$&\n')],
    [
      'quoted-printable',
      TEXT.replaceAll('=', '=3D')
        .replace(/.{9}(?!\w)/g, '$&=\n')
        .replace(/\r\n/, '\n'),
    ],
    ['7bit', TEXT.replace(/\r/, '')],
  ])('have URLs that continue across the lines of %s', (encoding, body) =>
    expect(urls(encoding, body)).toEqual(['example.org/a?b=c', 'example.net/d', 'e']),
  );

  it('have URLs that end at white space, quotes and brackets', () =>
    expect(urls('7bit', `"http://a" 'http://b' <http://c>[http://d] (http://e) xhttp://f`)).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e)',
      'f',
    ]));

  it('keep all bytes of UTF-8 in URLs and fields, also those that look like a final space', () => {
    const seen = read('Subject:\t citt\xc3\xa0 \r\n\nhttp://citt\xc3\xa0/evil x');
    expect(seen.header).toEqual({ Subject: 'citt\xc3\xa0' });
    expect(seen.urls).toEqual(['citt\xc3\xa0/evil']);
  });

  it('have URLs of limited length', () =>
    expect(
      urls('base64', Buffer.from(`http://${'x'.repeat(5000)} http://y`).toString('base64')).map(
        u => u.length,
      ),
    ).toEqual([2000, 1]));

  it('may contain messages, without an encoding', () => {
    const inner = 'Content-Type: x/y\nContent-Disposition: attachment; filename=in.exe\n\nMZ';
    const seen = read(`Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n${inner}`);
    expect(seen.files).toEqual([{ name: 'in.exe', content: 'MZ', closed: true }]);
  });

  it.each([
    ['QQ==QkI=QUJD', 'ABBABC'],
    ['QQ==\nQkI=\nQUJD', 'ABBABC'],
    ['QUJD=QUJD', 'ABCABC'],
    ['QUI\n=QU\nJD', 'ABABC'],
    ['Q=U=JDQ=Q==QQ', 'ABCAA'],
  ])('may have base64 that was encoded in parts: %j', (body, content) =>
    expect(read(file('base64', body)).files[0]!.content).toBe(content),
  );

  const file = (encoding: string, body: string) =>
    `Content-Disposition: x; filename=f\nContent-Transfer-Encoding: ${encoding}\n\n${body}`;
  it.each([
    ['a long line', `a: b\n\n${'x'.repeat(999)}`, 'mime_long_line'],
    ['a long encoded line', file('base64', 'A'.repeat(80)), 'mime_long_enc_line'],
    ['invalid base64', file('base64', 'AA!!AA'), 'mime_invalid_base64'],
    ['invalid quoted-printable', file('quoted-printable', 'a=zz'), 'mime_invalid_qp'],
    ['a long field name', `${'n'.repeat(76)}: v\n\n`, 'mime_long_header_name'],
    ['a long value', `a: ${'x'.repeat(200)}\n\n`, 'mime_long_header_value'],
    ['a field without a colon', 'nothing\n\n', 'mime_malformed_msg'],
    ['a long boundary', `Content-Type: multipart/x; boundary=${'y'.repeat(300)}\n\n`, 'mime_long_boundary'],
    ['a long name', `Content-Disposition: x; filename=${'z'.repeat(300)}\n\n`, 'mime_long_filename'],
  ])('report %s', (_, text, problem) => {
    expect([...read(text, { maxValueLength: problem.includes('value') ? 100 : 2000 }).problems]).toContain(
      problem,
    );
  });

  it('lose trailing spaces of lines in quoted-printable, and no others', () => {
    const many = ' '.repeat(900);
    const seen = read(file('quoted-printable', `${many}x \t\ny`));
    expect(seen.files[0]!.content).toBe(`${many}x\r\ny`);
  });

  it.each([
    ['longer than the limit', 'y'.repeat(300), 'y'.repeat(300)],
    ['with a trailing space', 'y ', 'y'],
  ])('have parts behind a boundary %s', (_, boundary, delimiter) => {
    const part = `--${delimiter}\nContent-Disposition: attachment; filename=f\n\nx\n--${delimiter}--\n`;
    const seen = read(`Content-Type: multipart/mixed; boundary="${boundary}"\n\n${part}`, {
      maxValueLength: 2000,
    });
    expect(seen.files).toEqual([{ name: 'f', content: 'x', closed: true }]);
  });

  it('have no more files than configured', () => {
    const part = '--b\nContent-Disposition: attachment; filename=f\n\nx\n';
    const seen = read(`Content-Type: multipart/mixed; boundary=b\n\n${part.repeat(5)}`);
    expect(seen.files.length).toBe(3);
    expect([...seen.problems]).toEqual(['mime_malformed_msg']);
  });

  it('have limited nesting', () => {
    const parts = Array.from(
      { length: 1000 },
      (_, i) => `Content-Type: multipart/x; boundary=b${i}\n\n--b${i}\n`,
    );
    expect(() => read(parts.join(''))).not.toThrow();
  });
});

it.each([
  [['a=4', '1b'], 'aAb'],
  [['a=', '41b'], 'aAb'],
  [['a', '=', '4', '1', '=', ''], 'aA'],
  [['a=', 'x'], 'a=x'],
])('a line of quoted-printable may arrive in the pieces %j', (pieces, expected) => {
  const decoder = transferDecoder('quoted-printable', () => {});
  const decoded = pieces.map((piece, i) =>
    Buffer.from(decoder.line(Buffer.from(piece), i === pieces.length - 1)).toString(),
  );
  expect(decoded.join('')).toBe(expected);
});

it.each([
  ['x; filename="a \\"b\\".txt"', 'a "b".txt'],
  ['x; size=1; filename=a.txt; y=2', 'a.txt'],
  ['x; filename*0="a"; filename*1="b.txt"', 'ab.txt'],
  ['x; filename=\xc3\xa0.exe', '\xc3\xa0.exe'],
  ['x; filename*0=\xc3\xa0; filename*1=.exe', '\xc3\xa0.exe'],
  ['x', undefined],
])('parameters of %s', (value, expected) => expect(parameter(value, 'filename')).toBe(expected));

it('fields of a header are found by name', () => {
  const fields = new HeaderFields(100, () => {});
  for (const line of ['To: a', 'RECEIVED: 1', 'received: 2', ' 3']) fields.line(Buffer.from(line));
  fields.finish();
  expect(fields.first('to')).toBe('a');
  expect(fields.all('received')).toEqual(['1', '23']);
  expect(fields.all('received')).toBe(fields.all('received'));
  expect(fields.first('constructor')).toBeUndefined();
});
