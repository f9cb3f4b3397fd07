import { describe, expect, it } from 'vitest';
import nfs from '../../../modules/app/nfs.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { concat, u32 } from '../../packets/bytes.js';
import {
  call,
  commit3,
  content2,
  content3,
  create4,
  found3,
  framed,
  HANDLE,
  lookup3,
  opaque,
  openAndWrite4,
  read2,
  read3,
  rename2,
  reply,
  write3,
  write4,
  writes4,
} from './message-builder.js';

const feed = (options: FeedOptions = {}): Feed => new Feed([nfs], { serverPort: 2049, ...options });
const files = (fed: Feed) => fed.files.map(({ file }) => [file.nameText, file.size, file.state, file.gaps]);

describe('nfs', () => {
  it('pairs calls and replies and learns file names', () => {
    const fed = feed()
      .client(framed(lookup3(1, 'plan')))
      .server(framed(found3(1)))
      .client(framed(call(2, 3, 4, u32(32), new Uint8Array(32).fill(7), u32(1))))
      .server(framed(reply(2, u32(13))))
      .end();
    expect(fed.records).toEqual([
      {
        nfs: {
          version: 3,
          procedure: 'LOOKUP',
          filename: 'plan',
          hhash: expect.stringMatching(/^[0-9a-f]{8}$/),
          id: 1,
          file_tx: false,
          type: 'response',
          status: 'OK',
        },
        rpc: {
          xid: 1,
          status: 'ACCEPTED',
          auth_type: 'UNIX',
          creds: { machine_name: 'host', uid: 1000, gid: 100 },
        },
      },
      expect.objectContaining({
        nfs: expect.objectContaining({ procedure: 'ACCESS', filename: 'plan', status: 'ERR_ACCES' }),
      }),
    ]);
  });

  it.each([1, 10, 29, 45])('is detected from a call in segments of %i bytes', length => {
    const fed = feed()
      .pieces(true, framed(lookup3(1, 'plan')), () => length)
      .server(framed(found3(1)))
      .end();
    expect(fed.records).toEqual([
      expect.objectContaining({ nfs: expect.objectContaining({ procedure: 'LOOKUP' }) }),
    ]);
    expect([...fed.packetEvents]).toEqual([]);
  });

  it.each([
    [100004, 27, 28],
    [100003, 800, 844],
  ])(
    'is not detected from a call of program %i with long credentials; %i bytes are not enough to decide',
    (program, few, enough) => {
      const start = concat(...[0x80001000, 1, 0, 2, program, 3, 1, 1, 500].map(u32));
      const bytes = concat(start, new Uint8Array(1000));
      expect(nfs.recognition.probe!(bytes, 0, few, true, 'tcp')).toBe('more');
      expect(nfs.recognition.probe!(bytes, 0, enough, true, 'tcp')).toBe('no');
    },
  );

  describe('frames', () => {
    const config = { outputs: [{ 'eve-log': { types: ['frame'] } }] };
    const named = (fed: Feed) =>
      fed.end().frameRecords.map(({ type, stream_offset, length }) => [type, stream_offset, length]);
    const asked = lookup3(1, 'plan');
    const answered = found3(1);

    it('begin with the record mark over TCP', () => {
      const fed = feed({ config }).client(framed(asked)).server(framed(answered));
      expect(named(fed)).toEqual([
        ['rpc.pdu', 0, asked.length + 4],
        ['rpc.hdr', 0, 12],
        ['rpc.data', 12, asked.length - 8],
        ['rpc.creds', 28, 32],
        ['nfs.pdu', 68, asked.length - 64],
        ['rpc.pdu', 0, answered.length + 4],
        ['rpc.hdr', 0, 12],
        ['rpc.data', 12, answered.length - 8],
        ['nfs.pdu', 28, answered.length - 24],
        ['nfs.status', 28, 4],
      ]);
    });

    it('are the same however small the segments are', () => {
      const whole = feed({ config }).client(framed(asked)).end();
      const cut = feed({ config })
        .pieces(true, framed(asked), () => 3)
        .end();
      expect(cut.frameRecords).toEqual(whole.frameRecords);
    });

    it('of version 4 are those of a compound', () => {
      const write = write4(1, 'data');
      const types = named(feed({ config, transport: 'udp' }).client(write)).map(([type]) => type);
      expect(types).toEqual([
        'rpc.pdu',
        'rpc.hdr',
        'rpc.data',
        'rpc.creds',
        'nfs4.pdu',
        'nfs4.hdr',
        'nfs4.ops',
      ]);
    });
  });

  it('logs files and folders created by version 4', () => {
    const fed = feed()
      .client(framed(create4(1, 'folder')))
      .server(framed(reply(1, u32(0), u32(0), u32(0))))
      .end();
    expect(fed.records.map(({ nfs: { procedure, filename } }) => [procedure, filename])).toEqual([
      ['CREATE', 'folder'],
    ]);
  });

  it('tracks a written file until it is committed, also in pieces', () => {
    const client = framed(lookup3(1, 'a'), write3(2, 0, 'hello '), write3(3, 6, 'world'), commit3(4));
    const server = framed(found3(1), reply(2, u32(0)), reply(3, u32(0)), reply(4, u32(0)));
    const whole = feed().client(client).server(server).end();
    expect(whole.files.map(({ file }) => file.size)).toEqual([11]);
    expect(whole.records.map(({ nfs: { procedure } }) => procedure).sort()).toEqual([
      'COMMIT',
      'LOOKUP',
      'WRITE',
    ]);
    const cut = feed()
      .pieces(true, client, () => 3)
      .pieces(false, server, () => 5)
      .end();
    expect(files(cut)).toEqual(files(whole));
  });

  it('tracks a read file until its end, also over UDP', () => {
    const fed = feed({ transport: 'udp' })
      .client(lookup3(1, 'b'))
      .server(found3(1))
      .client(read3(2, 0))
      .server(content3(2, 'first ', false))
      .client(read3(3, 6))
      .server(content3(3, 'second', true))
      .end();
    expect(files(fed)).toEqual([['b', 12, 'closed', false]]);
    expect(fed.records[1]!.nfs).toMatchObject({
      procedure: 'READ',
      file_tx: true,
      read: { first: true, last: true, last_xid: 3, chunks: 2 },
    });
  });

  it('ends a file read by version 2 at the size of the file', () => {
    const fed = feed({ transport: 'udp' })
      .client(read2(2, 0))
      .server(content2(2, 12, 'first '))
      .client(read2(3, 6))
      .server(content2(3, 12, 'second'));
    expect(files(fed)).toEqual([['', 12, 'closed', false]]);
    expect(fed.records[0]!.nfs).toMatchObject({ procedure: 'READ', read: { last: true, chunks: 2 } });
  });

  it('tracks files larger than any buffer, and continues behind a gap in them', () => {
    const large = write3(1, 0, 'x'.repeat(2_000_000));
    expect(files(feed().client(framed(large)).end())).toEqual([['', 2_000_000, 'closed', false]]);
    const stream = framed(large, write3(2, 2_000_000, 'end'));
    const lost = feed().client(stream.slice(0, 60_000)).gap(true, 1000).client(stream.slice(61_000)).end();
    expect(files(lost)).toEqual([['', 2_000_003, 'truncated', true]]);
  });

  it('has only a part of a file whose stream is beyond the depth', () => {
    const stream = framed(write3(1, 0, 'x'.repeat(100_000))).subarray(0, 60_000);
    const [file] = files(feed().client(stream).cut(true).end());
    expect(file).toMatchObject({ 2: 'truncated' });
  });

  it('sorts pieces of a file, as concurrent requests may be in any order', () => {
    const client = framed(write3(2, 6, 'world'), write3(3, 0, 'hello '), commit3(4));
    expect(files(feed().client(client).end())).toEqual([['', 11, 'closed', false]]);
    const fed = feed()
      .client(framed(lookup3(1, 'b')))
      .server(framed(found3(1)))
      .client(framed(read3(2, 0), read3(3, 6)))
      .server(framed(content3(3, 'second', true), content3(2, 'first ', false)))
      .end();
    expect(files(fed)).toEqual([['b', 12, 'closed', false]]);
  });

  it('waits for earlier pieces up to a limit of waiting data', () => {
    const config = { 'app-layer': { protocols: { nfs: { 'max-queue-cnt': 2 } } } };
    const client = framed(...[4, 8, 12, 0].map((offset, i) => write3(i + 1, offset, 'data')));
    expect(files(feed({ config }).client(client).end())).toEqual([['', 16, 'truncated', true]]);
    expect(files(feed().client(client).end())).toEqual([['', 16, 'closed', false]]);
  });

  it.each([1, 50, 5000])(
    'continues with the next message behind a gap, with segments of %i bytes',
    length => {
      const stream = framed(lookup3(2, 'lost'), lookup3(3, 'b'));
      const fed = feed()
        .client(framed(lookup3(1, 'a')))
        .gap(true, 70)
        .pieces(true, stream.slice(70), () => length);
      expect(fed.end().records.map(({ nfs: { filename } }) => filename)).toEqual(['a', 'b']);
      const answers = framed(found3(1), found3(3));
      const of = feed()
        .client(framed(lookup3(1, 'a'), lookup3(3, 'b')))
        .server(answers.slice(0, 20))
        .gap(false, 10)
        .pieces(false, answers.slice(30), () => length);
      expect(of.end().records.map(({ nfs: { filename, hhash } }) => [filename, hhash])).toEqual([
        ['b', expect.any(String)],
        ['a', undefined],
      ]);
    },
  );

  it.each([1, 7, 60, 5000])('parses messages in fragments of %i bytes', size => {
    const fragments = (message: Uint8Array): Uint8Array => {
      const parts: Uint8Array[] = [];
      for (let at = 0; at < message.length; at += size) {
        const part = message.slice(at, at + size);
        parts.push(u32(part.length + (at + size < message.length ? 0 : 0x80000000)), part);
      }
      return concat(...parts);
    };
    const large = 'x'.repeat(6000);
    const client = concat(...[lookup3(1, 'a'), write3(2, 0, large), commit3(3)].map(fragments));
    const fed = feed()
      .client(framed(lookup3(9, 'known')))
      .client(client.slice(0, 100 * size))
      .server(fragments(found3(1)))
      .client(client.slice(100 * size))
      .end();
    expect(fed.files.map(({ file }) => [file.size, file.gaps])).toEqual([[6000, false]]);
  });

  it('parses version 2 and version 4', () => {
    const two = feed({ transport: 'udp' })
      .client(rename2(5))
      .server(reply(5, u32(0)))
      .end();
    expect(two.records[0]!.nfs).toMatchObject({
      version: 2,
      procedure: 'RENAME',
      rename: { from: 'a', to: 'b' },
    });
    const four = feed()
      .client(framed(write4(6, 'four')))
      .end();
    expect(four.records[0]!.nfs).toMatchObject({ version: 4, procedure: 'WRITE', file_tx: true });
    expect(files(four)).toEqual([['', 4, 'closed', false]]);
  });

  it.each([0x80000008, 0xfffffffd])('continues behind a write that claims %i bytes', length => {
    const write = call(1, 3, 7, opaque(HANDLE), u32(0), u32(0), u32(4), u32(0), u32(length), u32(0));
    const fed = feed().client(framed(write, lookup3(2, 'next')));
    expect(fed.end().records.map(({ nfs: { filename } }) => filename)).toContain('next');
  });

  it('distinguishes files that are opened and written in one call of version 4', () => {
    const fed = feed().client(framed(openAndWrite4(1, 'one', 'first'), openAndWrite4(2, 'two', 'another')));
    expect(files(fed.end())).toEqual([
      ['one', 5, 'closed', false],
      ['two', 7, 'closed', false],
    ]);
  });

  describe.each([
    ['small', ['a', 'bc', 'def', '4444']],
    ['long before small', ['x'.repeat(6001), 'tail']],
    ['of which one ends at the limit of inspected bytes', ['x'.repeat(3943), 'y'.repeat(4035), 'tail']],
    ['many', Array.from({ length: 20 }, (_, i) => 'z'.repeat(100 * i + 1))],
  ])('writes of one call of version 4 that are %s', (_, pieces) => {
    const message = writes4(2, pieces);
    const size = pieces.join('').length;
    const cut = (length: number) => {
      const parts: Uint8Array[] = [];
      for (let at = 0; at < message.length; at += length) {
        const part = message.slice(at, at + length);
        parts.push(u32(part.length + (at + length < message.length ? 0 : 0x80000000)), part);
      }
      return concat(...parts);
    };

    it('are all parsed, and so are those behind them', () => {
      const fed = feed()
        .client(framed(message, lookup3(3, 'next')))
        .end();
      expect(files(fed)).toEqual([['', size, 'closed', false]]);
      expect(fed.records.map(({ nfs: { filename } }) => filename)).toContain('next');
    });

    it.each([1, 1000, 4096])('are all parsed with segments of %i bytes', length => {
      expect(
        files(
          feed()
            .pieces(true, framed(message), () => length)
            .end(),
        ),
      ).toEqual([['', size, 'closed', false]]);
    });

    it.each([100, 4096, 4100])('are all parsed with fragments of %i bytes', length => {
      const fed = feed()
        .client(concat(framed(lookup3(1, 'known')), cut(length), framed(lookup3(3, 'next'))))
        .end();
      expect(files(fed)).toEqual([['', size, 'closed', false]]);
      expect(fed.records.map(({ nfs: { filename } }) => filename)).toContain('next');
    });

    it('are all parsed in a datagram', () => {
      expect(files(feed({ transport: 'udp' }).client(message))).toEqual([['', size, 'closed', false]]);
    });
  });

  it('reports invalid calls, also in several fragments', () => {
    const broken = concat(u32(0x80000018), u32(1), new Uint8Array(20));
    const fed = feed()
      .client(framed(lookup3(1, 'a')))
      .client(broken)
      .end();
    expect(fed.events).toEqual(['malformed_data']);
    const parts = concat(
      u32(40),
      lookup3(7, 'a').slice(0, 40),
      u32(0x80000004),
      'more',
      framed(lookup3(8, 'b')),
    );
    expect(
      feed()
        .client(framed(lookup3(1, 'a')))
        .client(parts)
        .end().records.length,
    ).toBe(2);
  });

  it('forgets calls without a reply beyond a limit', () => {
    const config = { 'app-layer': { protocols: { nfs: { 'max-tx': 2 } } } };
    const calls = [1, 2, 3].map(xid => lookup3(xid, 'a'));
    const fed = feed({ config })
      .client(framed(...calls))
      .end();
    expect(fed.events).toEqual(['too_many_transactions']);
  });
});
