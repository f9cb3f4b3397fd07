import { describe, expect, it } from 'vitest';
import smtp from '../../../modules/app/smtp.js';
import { Feed, type FeedOptions } from '../../application/feed.js';

type Step = readonly [boolean, string];
const C = (text: string): Step => [true, text];
const S = (text: string): Step => [false, text];

const OPENING = [S('220 ready\r\n'), C('EHLO me\r\n'), S('250-hello\r\n250 PIPELINING\r\n')];
const ENVELOPE = [
  C('MAIL FROM:<a@example.org> SIZE=9\r\n'),
  S('250 ok\r\n'),
  C('RCPT TO:<b@example.org>\r\n'),
  S('250 ok\r\n'),
];
const MESSAGE =
  'From: A <a@example.org>\r\nTo: "B, C" <b@example.org>, d@example.org\r\nSubject: s\r\n' +
  'Content-Disposition: attachment; filename=f.txt\r\n\r\n..line\r\nend\r\n';
const MAIL = [...ENVELOPE, C('DATA\r\n'), S('354 go\r\n'), C(`${MESSAGE}.\r\n`), S('250 queued\r\n')];
const CLOSING = [C('QUIT\r\n'), S('221 bye\r\n')];

function fed(steps: readonly Step[], options: FeedOptions = {}): Feed {
  const feed = new Feed([smtp], { serverPort: 25, ...options });
  for (const [toServer, text] of steps) {
    if (toServer) feed.client(text);
    else feed.server(text);
  }
  return feed.close(true).close(false).end();
}

const BDAT: FeedOptions = {
  config: { 'app-layer': { protocols: { smtp: { mime: { 'decode-bdat': 'yes' } } } } },
};

const EXPECTED = {
  smtp: { helo: 'me', mail_from: '<a@example.org>', rcpt_to: ['<b@example.org>'] },
  email: {
    status: 'PARSE_DONE',
    from: 'A <a@example.org>',
    to: ['"B, C" <b@example.org>', 'd@example.org'],
    attachment: ['f.txt'],
  },
};

describe('smtp', () => {
  it('logs mails', () => {
    const feed = fed([...OPENING, ...MAIL, ...MAIL, ...CLOSING]);
    expect(feed.records).toEqual([EXPECTED, EXPECTED]);
    expect(feed.events).toEqual([]);
  });

  it.each([
    ['"a, b', ['a', 'b']],
    ['x "a" <b>, "\\\\", "c', ['x "a" <b>', '"\\\\"', 'c']],
    ['"\\"\\", d', ['\\', '\\', 'd']],
    [',', undefined],
    ['<\xc3\xa0>, \xc3\xa0', ['<\\xC3\\xA0>', '\\xC3\\xA0']],
  ])('logs addresses with unclosed quotes: %#', (to, logged) => {
    const message = `To: ${to}\r\n\r\nx\r\n.\r\n`;
    const [record] = fed([...OPENING, ...ENVELOPE, C('DATA\r\n'), S('354 go\r\n'), C(message)]).records;
    expect(record!.email.to).toEqual(logged);
  });

  it('has files', () => {
    const [{ file }] = fed([...OPENING, ...MAIL]).files as [Feed['files'][0]];
    expect([file.nameText, file.size, file.state]).toEqual(['f.txt', '.line\r\nend'.length, 'closed']);
  });

  it('logs the same with any segmentation', () => {
    const cut = [...OPENING, ...MAIL, ...CLOSING].flatMap(([toServer, text]) =>
      [...text].map((each): Step => [toServer, each]),
    );
    expect(fed(cut).records).toEqual([EXPECTED]);
  });

  it('parses lines of any length', () => {
    const message = `Content-Disposition: x; filename=f\r\n\r\n${'x'.repeat(20_000)}\r\n.\r\n`;
    const feed = fed([...OPENING, ...ENVELOPE, C('DATA\r\n'), S('354 go\r\n'), C(message), S('250 ok\r\n')]);
    expect(feed.files[0]!.file.size).toBe(20_000);
    expect(feed.events).toEqual(['MIME_LONG_LINE']);
  });

  it('continues behind a command line that is too long, in the same segment', () => {
    const text = `NOOP ${'x'.repeat(20_000)}\r\nMAIL FROM:<a@example.org>\r\n`;
    expect(fed([...OPENING, C(text)]).records).toMatchObject([{ smtp: { mail_from: '<a@example.org>' } }]);
  });

  it('reports a message sent before the reply to DATA, also in a segment of its own', () => {
    const steps = [...OPENING, ...ENVELOPE, C('DATA\r\n'), C(`${MESSAGE}.\r\n`), S('354 go\r\n250 ok\r\n')];
    expect(fed(steps).events).toEqual(['INVALID_PIPELINED_SEQUENCE']);
  });

  it('includes an incomplete last line at the end of the stream', () => {
    const message = 'Content-Disposition: x; filename=f\r\n\r\nline\r\nand a h';
    const [{ file }] = fed([...OPENING, ...ENVELOPE, C('DATA\r\n'), S('354 go\r\n'), C(message)]).files as [
      Feed['files'][0],
    ];
    expect([file.size, file.state]).toEqual(['line\r\nand a h'.length, 'truncated']);
  });

  it('skips messages in chunks', () => {
    const half = MESSAGE.length >> 1;
    const feed = fed([
      ...OPENING,
      ...ENVELOPE,
      C(`BDAT ${half}\r\n${MESSAGE.slice(0, half)}`),
      S('250 ok\r\n'),
      C(`BDAT ${MESSAGE.length - half} LAST\r\n${MESSAGE.slice(half)}`),
      S('250 ok\r\n'),
      ...MAIL,
    ]);
    expect(feed.records).toEqual([{ smtp: EXPECTED.smtp }, EXPECTED]);
    expect(feed.files).toHaveLength(1);
  });

  it.each([1, 2, 7, 40, MESSAGE.length])('parses messages in chunks of %i bytes if configured', size => {
    const steps: Step[] = [];
    for (let at = 0; at < MESSAGE.length; at += size) {
      const piece = MESSAGE.slice(at, at + size);
      steps.push(C(`BDAT ${piece.length}\r\n${piece}`), S('250 ok\r\n'));
    }
    const feed = fed(
      [...OPENING, ...ENVELOPE, ...steps, C('BDAT 0 LAST\r\n'), S('250 queued\r\n'), ...MAIL],
      BDAT,
    );
    expect(feed.records).toEqual([EXPECTED, EXPECTED]);
    expect(feed.files.map(({ file }) => [file.size, file.state])).toEqual([
      // Lines of chunks that begin with a dot are not changed.
      ['..line\r\nend'.length, 'closed'],
      ['.line\r\nend'.length, 'closed'],
    ]);
    expect(feed.events).toEqual([]);
  });

  it.each([
    ['the end of the stream', []],
    ['RSET', [C('RSET\r\n'), S('250 ok\r\n')]],
    ['DATA', [C('DATA\r\n'), S('354 go\r\n'), C(`${MESSAGE}.\r\n`), S('250 ok\r\n')]],
  ])('chunks without a last one are truncated by %s', (_, steps) => {
    const part = MESSAGE.slice(0, -3);
    const feed = fed(
      [...OPENING, ...ENVELOPE, C(`BDAT ${part.length}\r\n${part}`), S('250 ok\r\n'), ...steps],
      BDAT,
    );
    expect(feed.files[0]!.file.state).toBe('truncated');
    expect(feed.files[0]!.file.size).toBe('..line\r\nen'.length);
  });

  it('continues with commands if DATA is rejected', () => {
    const feed = fed([
      ...OPENING,
      ...ENVELOPE,
      C('DATA\r\n'),
      S('554 no\r\n'),
      C('RSET\r\n'),
      S('250 ok\r\n'),
      ...MAIL,
    ]);
    expect(feed.events).toEqual(['DATA_COMMAND_REJECTED']);
    expect(feed.records.map(({ email }) => email?.status)).toEqual([undefined, 'PARSE_DONE']);
  });

  it.each([
    ['250 forgotten', 2],
    ['501 what', 1],
  ])('aborts a mail at RSET if the reply is %s', (reply, mails) => {
    const feed = fed([...OPENING, ...ENVELOPE, C('RSET\r\n'), S(`${reply}\r\n`), ...MAIL.slice(4)]);
    expect(feed.transactions.length).toBe(mails);
  });

  it('keeps earlier state if a greeting is rejected', () => {
    const feed = fed([...OPENING, ...ENVELOPE, C('EHLO\r\n'), S('501 what\r\n'), ...MAIL.slice(4)]);
    expect(feed.records).toEqual([EXPECTED]);
  });

  it('begins another mail if a greeting is accepted', () => {
    const feed = fed([...OPENING, ...ENVELOPE, C('EHLO you\r\n'), S('250 ok\r\n'), ...MAIL]);
    expect(feed.records).toEqual([
      { smtp: EXPECTED.smtp },
      { ...EXPECTED, smtp: { ...EXPECTED.smtp, helo: 'you' } },
    ]);
  });

  it('accepts a greeting that was sent before the reply to the one before the mail', () => {
    const feed = fed([
      S('220 ready\r\n'),
      C('EHLO me\r\nMAIL FROM:<a@example.org>\r\n'),
      S('250 ok\r\n250 ok\r\n'),
      ...MAIL.slice(2),
    ]);
    expect(feed.records).toEqual([EXPECTED]);
  });

  describe('additional fields', () => {
    const FURTHER =
      'Date: today\r\nBcc: a@b, c@d\r\nReceived: x\r\nReceived: y\r\nSubject: s\r\nX-Mailer: m\r\n' +
      'Message-ID: <1>\r\nUser-Agent: u\r\nReply-To: r\r\n\r\nbody\r\n';
    const recordsWith = (smtpOutput: object) => {
      const config = { outputs: [{ 'eve-log': { types: [{ smtp: smtpOutput }] } }] } as never;
      const mail = [...ENVELOPE, C('DATA\r\n'), S('354 go\r\n'), C(`${FURTHER}.\r\n`), S('250 queued\r\n')];
      const { status: _, ...email } = fed([...OPENING, ...mail], { config }).records[0]!.email;
      return email;
    };

    it.each<[string, object, object]>([
      ['none', {}, {}],
      [
        'those of extended',
        { extended: 'yes' },
        { bcc: ['a@b', 'c@d'], message_id: '<1>', subject: 's', x_mailer: 'm', user_agent: 'u' },
      ],
      [
        'those that are listed',
        { custom: ['received', 'Reply-To', 'x_mailer', 'date', 'relays'] },
        { received: ['x', 'y'], reply_to: 'r', x_mailer: 'm', date: 'today' },
      ],
      ['a digest of the body', { md5: ['body'] }, { body_md5: '89dd3590116a70b579661a2d8593bb2f' }],
    ])('%s', (_, output, fields) => expect(recordsWith(output)).toEqual(fields));

    it.each([4095, 4096, 8192])('a digest of the body behind a header line of %d bytes', length => {
      const config = { outputs: [{ 'eve-log': { types: [{ smtp: { md5: ['body'] } }] } }] } as never;
      const message = `${'X-Long: '.padEnd(length, 'x')}\r\nSubject: s\r\n\r\nbody\r\n.\r\n`;
      const mail = [...ENVELOPE, C('DATA\r\n'), S('354 go\r\n'), C(message), S('250 queued\r\n')];
      const [record] = fed([...OPENING, ...mail], { config }).records;
      expect(record!.email.body_md5).toBe('89dd3590116a70b579661a2d8593bb2f');
    });
  });

  it.each([
    ['decode-base64', 'YQ==', 'base64'],
    ['decode-quoted-printable', '=3D', 'quoted-printable'],
  ])('does not decode bodies without %s', (option, body, encoding) => {
    const config = { 'app-layer': { protocols: { smtp: { mime: { [option]: 'no' } } } } } as never;
    const head = `Content-Transfer-Encoding: ${encoding}\r\nContent-Type: text/plain; name=f\r\n\r\n`;
    const mail = [...ENVELOPE, C('DATA\r\n'), S('354 go\r\n'), C(`${head}${body}\r\n.\r\n`), S('250 q\r\n')];
    expect(fed([...OPENING, ...mail], { config }).files[0]!.file.size).toBe(body.length);
  });

  it('tracks as many files of a mail as configured', () => {
    const config = { 'app-layer': { protocols: { smtp: { mime: { 'max-files': 0 } } } } };
    const feed = fed([...OPENING, ...MAIL], { config });
    expect(feed.files).toEqual([]);
    expect(feed.events).toEqual(['MIME_MALFORMED_MSG']);
  });

  it('tracks whole messages as files if configured', () => {
    const config = {
      'app-layer': { protocols: { smtp: { 'raw-extraction': true, mime: { 'decode-mime': false } } } },
    };
    const feed = fed([...OPENING, ...MAIL], { config });
    expect(feed.files.map(({ file }) => [file.nameText, file.size])).toEqual([
      ['rawmsg', MESSAGE.length - 1],
    ]);
  });

  it.each([
    ['an invalid reply', [S('220 x\r\n'), C('HELO a\r\n'), S('nothing\r\n')], 'INVALID_REPLY'],
    ['a chunk without a length', [...OPENING, ...ENVELOPE, C('BDAT x\r\n')], 'INVALID_BDAT'],
    ['rejected TLS', [...OPENING, C('STARTTLS\r\n'), S('454 no\r\n')], 'TLS_REJECTED'],
    [
      'a message sent before the reply to DATA',
      [...OPENING, ...ENVELOPE, C(`DATA\r\n${MESSAGE}`)],
      'INVALID_PIPELINED_SEQUENCE',
    ],
    ['a long command', [S('220 x\r\n'), C(`HELO ${'x'.repeat(5000)}\r\n`)], 'MAX_COMMAND_LINE_LEN_EXCEEDED'],
    ['a command truncated for inspection', [S('220 x\r\n'), C('x'.repeat(5000))], 'TRUNCATED_LINE'],
    ['a reply truncated for inspection', [...OPENING, S(`250 ${'x'.repeat(5000)}\r\n`)], 'TRUNCATED_LINE'],
    [
      'repeated fields',
      [...OPENING, ...ENVELOPE, C('DATA\r\n'), S('354 go\r\n'), C('To: a\r\nTo: b\r\n\r\n.\r\n')],
      'DUPLICATE_FIELDS',
    ],
    ['a second sender', [...OPENING, ...ENVELOPE, C('MAIL FROM:<z@example.org>\r\n')], 'DUPLICATE_FIELDS'],
    ['no greeting', [C('HELO a\r\n'), S('250 hello\r\n')], 'NO_SERVER_WELCOME_MESSAGE'],
    ['a client that sends before the greeting', [C('HELO a\r\n')], 'NO_SERVER_WELCOME_MESSAGE'],
  ])('reports %s', (_, steps, event) => {
    expect(fed(steps).events).toContain(event);
  });
});
