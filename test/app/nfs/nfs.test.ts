import { describe, expect, it } from 'vitest';
import nfs from '../../../modules/app/nfs.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { concat, u32 } from '../../packets/bytes.js';
import {
  call,
  commit3,
  content3,
  found3,
  framed,
  lookup3,
  read3,
  rename2,
  reply,
  write3,
  write4,
} from './message-builder.js';

const feed = (options: FeedOptions = {}): Feed => new Feed([nfs], { serverPort: 2049, ...options });
const files = (fed: Feed) => fed.files.map(({ file }) => [file.nameText, file.size, file.state, file.gaps]);

describe('nfs', () => {
  it('puts calls and replies together and learns names', () => {
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

  describe('frames', () => {
    const config = { outputs: [{ 'eve-log': { types: ['frame'] } }] };
    const named = (fed: Feed) =>
      fed.end().frameRecords.map(({ type, stream_offset, length }) => [type, stream_offset, length]);
    const asked = lookup3(1, 'plan');
    const answered = found3(1);

    it('over TCP begin with the mark of the fragment', () => {
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

  it('follows what is written until it is committed, in pieces too', () => {
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

  it('follows what is read until its end, over UDP too', () => {
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

  it('reads files larger than any buffer, and goes on behind a gap in them', () => {
    const large = write3(1, 0, 'x'.repeat(2_000_000));
    expect(files(feed().client(framed(large)).end())).toEqual([['', 2_000_000, 'closed', false]]);
    const stream = framed(large, write3(2, 2_000_000, 'end'));
    const lost = feed().client(stream.slice(0, 60_000)).gap(true, 1000).client(stream.slice(61_000)).end();
    expect(files(lost)).toEqual([['', 2_000_003, 'truncated', true]]);
  });

  it('reads version 2 and version 4', () => {
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

  it('tells of what is no call, and skips further fragments', () => {
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

  it('forgets calls without a reply beyond some', () => {
    const config = { 'app-layer': { protocols: { nfs: { 'max-tx': 2 } } } };
    const calls = [1, 2, 3].map(xid => lookup3(xid, 'a'));
    const fed = feed({ config })
      .client(framed(...calls))
      .end();
    expect(fed.events).toEqual(['too_many_transactions']);
  });
});
