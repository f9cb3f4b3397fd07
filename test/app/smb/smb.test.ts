import { describe, expect, it } from 'vitest';
import type { Session } from '../../../engine/application/session.js';
import type { SmbSettings } from '../../../modules/app/smb/settings.js';
import type { SmbTransaction } from '../../../modules/app/smb/transaction.js';
import smb from '../../../modules/app/smb.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { bind, bindAck, request, response, SVCCTL_TEXT } from '../dcerpc/pdu-builder.js';
import * as Build from './message-builder.js';
import { FILE_TEXT, le16, le32, record } from './message-builder.js';

const feed = (options: FeedOptions = {}) => new Feed([smb], { serverPort: 445, ...options });
const recordsOf = (of: Feed) => of.records.map(each => each.smb);
const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('latin1');

function buffer(of: Feed, keyword: string, toServer = true): (string | undefined)[] {
  const declared = smb.buffers.find(each => each.keyword === keyword)!;
  return of.transactions.map(each => text(declared.get(each as SmbTransaction, toServer, 0)));
}

const files = (of: Feed) => of.files.map(({ file }) => [file.nameText, file.size, file.state, file.gaps]);

/** Connected to a share of this type, with a file open. */
function opened(type: number, options: FeedOptions = {}): Feed {
  return feed(options)
    .client(record(Build.treeConnect(1, '\\\\h\\s')))
    .server(record(Build.treeAnswer(1, type)))
    .client(record(Build.create(2, 'a.txt')))
    .server(record(Build.createAnswer(2, 5)));
}

describe('smb2', () => {
  it('logs dialects, users and shares', () => {
    const of = feed()
      .client(record(Build.negotiate(0)))
      .server(record(Build.negotiated(0)))
      .client(record(Build.sessionSetup(1, Build.ntlmAnswer('D', 'joe', 'PC'))))
      .server(record(Build.sessionAnswer(1)))
      .client(record(Build.treeConnect(2, '\\\\h\\IPC$')))
      .server(record(Build.treeAnswer(2, 2)))
      .end();
    const common = { dialect: '2.10', status: 'STATUS_SUCCESS', status_code: '0x0' };
    expect(recordsOf(of)).toEqual([
      {
        ...common,
        id: 1,
        command: 'SMB2_COMMAND_NEGOTIATE_PROTOCOL',
        session_id: 7,
        tree_id: 0,
        client_dialects: ['2.02', '2.10'],
        client_guid: '01010101-0101-0101-0101-010101010101',
        server_guid: '02020202-0202-0202-0202-020202020202',
        max_read_size: 65536,
        max_write_size: 65536,
      },
      {
        ...common,
        id: 2,
        command: 'SMB2_COMMAND_SESSION_SETUP',
        session_id: 7,
        tree_id: 1,
        ntlmssp: { domain: 'D', user: 'joe', host: 'PC', version: '10.0 build 10586 rev 15' },
      },
      {
        ...common,
        id: 3,
        command: 'SMB2_COMMAND_TREE_CONNECT',
        session_id: 7,
        tree_id: 1,
        named_pipe: '\\\\h\\IPC$',
        share_type: 'PIPE',
      },
    ]);
    expect(buffer(of, 'smb.ntlmssp_user')).toEqual([undefined, 'joe', undefined]);
    expect(buffer(of, 'smb.ntlmssp_domain')).toEqual([undefined, 'D', undefined]);
    expect(buffer(of, 'smb.named_pipe')).toEqual([undefined, undefined, '\\\\h\\IPC$']);
    expect(buffer(of, 'smb.share')).toEqual([undefined, undefined, '\\\\h\\IPC$']);
  });

  it('tracks a written file, whatever the order of its pieces', () => {
    const of = opened(1)
      .client(record(Build.write(3, 4, Buffer.from('efgh'))))
      .client(record(Build.write(4, 0, Buffer.from('abcd'))))
      .client(record(Build.close(5)))
      .server(record(Build.closeAnswer(5)))
      .end();
    expect(files(of)).toEqual([['a.txt', 8, 'closed', false]]);
    expect(buffer(of, 'file.data').filter(Boolean)).toEqual(['abcdefgh']);
    const file = recordsOf(of).find(({ command }) => command === 'SMB2_COMMAND_WRITE');
    expect(file).toMatchObject({ filename: 'a.txt', share: '\\\\h\\s', fuid: FILE_TEXT });
  });

  it('tracks data appended to the end of a file', () => {
    const of = opened(1)
      .client(record(Build.write(3, 0, Buffer.from('abcd'))))
      .client(record(Build.write(4, -1, Buffer.from('efgh'))))
      .client(record(Build.close(5)))
      .end();
    expect(files(of)).toEqual([['a.txt', 8, 'closed', false]]);
  });

  it('tracks a file while it is read', () => {
    const content = Buffer.alloc(70_000, 'x');
    const of = opened(1)
      .client(record(Build.read(3, 0, 70_000)))
      .pieces(false, record(Build.readAnswer(3, content)), () => 1400);
    of.client(record(Build.close(4)))
      .server(record(Build.closeAnswer(4)))
      .end();
    expect(of.files.map(({ file }) => [file.toServer, file.size, file.state])).toEqual([
      [false, 70_000, 'closed'],
    ]);
  });

  it('waits for read data if the server answers STATUS_PENDING first', () => {
    const of = opened(1)
      .client(record(Build.read(3, 0, 1024)))
      .server(record(Build.readAnswer(3, Buffer.alloc(0), 0x103)))
      .server(record(Build.readAnswer(3, Buffer.from('what is in it'))))
      .client(record(Build.close(4)))
      .server(record(Build.closeAnswer(4)))
      .end();
    expect(files(of)).toEqual([['a.txt', 13, 'closed', false]]);
  });

  it('keeps nothing of a file that is closed while its data arrives', () => {
    const answer = record(Build.readAnswer(4, new Uint8Array(5000)));
    const of = opened(1)
      .client(record(Build.read(4, 0, 5000)))
      .server(answer.subarray(0, 2000))
      .client(record(Build.close(5)))
      .server(answer.subarray(2000, 3000))
      .server(answer.subarray(3000));
    expect(files(of)).toEqual([['a.txt', 1916, 'closed', false]]);
    const { settings } = of.application.sessionOf(0) as Session;
    expect((settings as SmbSettings).memory.used).toBe(0);
  });

  it('reports missing data of a file', () => {
    const message = record(Build.write(3, 0, Buffer.alloc(3000, 'x')));
    const of = opened(1).client(message.subarray(0, 1000)).gap(true, 500).client(message.subarray(1500));
    of.client(record(Build.close(4))).end();
    expect(of.files.map(({ file }) => [file.size, file.state, file.gaps])).toEqual([
      [3000, 'truncated', true],
    ]);
    expect(of.records.length).toBe(4);
  });

  it('continues at a record behind a gap', () => {
    const of = opened(1)
      .gap(true, 1000)
      .client(Buffer.concat([Buffer.from('\0\0\x01rest of it', 'latin1'), record(Build.close(9))]));
    of.server(record(Build.closeAnswer(9))).end();
    expect(recordsOf(of).at(-1).command).toBe('SMB2_COMMAND_CLOSE');
  });

  it('ends files with the connection', () => {
    const of = opened(1)
      .client(record(Build.write(3, 0, Buffer.from('abc'))))
      .end();
    expect(of.files.map(({ file }) => file.state)).toEqual(['truncated']);
  });

  it('parses several messages in a record', () => {
    const of = feed()
      .client(Build.compound(Build.create(2, 'b'), Build.close(3)))
      .end();
    expect(recordsOf(of).map(({ command }) => command)).toEqual([
      'SMB2_COMMAND_CREATE',
      'SMB2_COMMAND_CLOSE',
    ]);
  });

  it('distinguishes files that are written in the record that opens them', () => {
    const written = (name: string, content: string) => {
      const write = Build.write(3, 0, Buffer.from(content));
      write.fill(0xff, 80, 96);
      return Build.compound(Build.create(2, name), write);
    };
    const of = opened(1).client(written('one', 'first')).client(written('two', 'another')).end();
    expect(files(of)).toEqual([
      ['one', 5, 'closed', false],
      ['two', 7, 'truncated', false],
    ]);
    expect(of.events).toEqual([]);
  });

  it('distinguishes files with the same identifier, one after the other', () => {
    const of = opened(1)
      .client(record(Build.write(3, 0, Buffer.from('first'))))
      .server(record(Build.writeAnswer(3, 5)))
      .client(record(Build.create(4, 'two')))
      .server(record(Build.createAnswer(4)))
      .client(record(Build.write(5, 0, Buffer.from('another'))))
      .end();
    expect(files(of)).toEqual([
      ['a.txt', 5, 'closed', false],
      ['two', 7, 'truncated', false],
    ]);
  });

  it.each([1 << 16, 9000, 1])(
    'tracks data far behind the header of a write, with segments of %i bytes',
    length => {
      const message = record(Build.write(3, 0, Buffer.from('content'), 1, 60_000));
      const of = opened(1).pieces(true, message, () => length);
      expect(files(of.client(record(Build.close(4))).end())).toEqual([['a.txt', 7, 'closed', false]]);
    },
  );

  it.each([1 << 16, 700])(
    'tracks a large write with messages around it, with segments of %i bytes',
    length => {
      const content = Buffer.alloc(3 << 20, 'x');
      const around = [Build.create(3, 'b'), Build.write(4, 0, content), Build.close(5)];
      const of = opened(1).pieces(true, Build.compound(...around), () => length);
      of.client(record(Build.create(6, 'c'))).end();
      expect(files(of)).toEqual([['a.txt', 3 << 20, 'closed', false]]);
      expect(recordsOf(of).map(({ filename }) => filename)).toEqual(expect.arrayContaining(['b', 'c']));
    },
  );

  it('finds DCE/RPC calls in pipes', () => {
    const of = opened(2)
      .client(record(Build.write(3, 0, bind(1))))
      .server(record(Build.writeAnswer(3, 10)))
      .client(record(Build.read(4, 0, 1024)))
      .server(record(Build.readAnswer(4, bindAck(1))))
      .client(record(Build.ioctl(5, 0x11c017, request(2, 15, 'abcd'))))
      .server(record(Build.ioctlAnswer(5, 0x11c017, response(2, 'xyz'))))
      .end();
    expect(recordsOf(of).slice(2)).toMatchObject([
      {
        command: 'SMB2_COMMAND_WRITE',
        status: 'STATUS_SUCCESS',
        dcerpc: {
          request: 'BIND',
          response: 'BINDACK',
          interfaces: [{ uuid: SVCCTL_TEXT, version: '2.0', ack_result: 0, ack_reason: 0 }],
          call_id: 1,
        },
      },
      {
        command: 'SMB2_COMMAND_IOCTL',
        dcerpc: {
          request: 'REQUEST',
          response: 'RESPONSE',
          opnum: 15,
          req: { frag_cnt: 1, stub_data_size: 4 },
          res: { frag_cnt: 1, stub_data_size: 3 },
          call_id: 2,
        },
      },
    ]);
    expect(buffer(of, 'dcerpc.stub_data').filter(Boolean)).toEqual(['abcd']);
    const iface = smb.tests.find(({ keyword }) => keyword === 'dcerpc.iface')!;
    const holds = of.transactions.map(each =>
      iface.matches(each as SmbTransaction, true, iface.parse(SVCCTL_TEXT)),
    );
    expect(holds).toEqual([false, false, false, true]);
  });

  it('logs the same with any segmentation', () => {
    const client = [
      Build.treeConnect(1, 's'),
      Build.create(2, 'f'),
      Build.write(3, 0, Buffer.alloc(2000, 'x')),
    ];
    const all = Buffer.concat([...client, Build.close(4)].map(each => record(each)));
    const answers = Buffer.concat([Build.treeAnswer(1, 1), Build.createAnswer(2)].map(each => record(each)));
    const tell = (length: number) =>
      feed()
        .pieces(true, all, () => length)
        .pieces(false, answers, () => length)
        .end();
    expect(tell(1).records).toEqual(tell(9000).records);
  });

  it('has frames', () => {
    const of = new Feed([smb], { serverPort: 445 });
    of.application.useFrames(new Set(['smb.smb2.hdr']));
    of.client(record(Build.close(1))).end();
    const { frames } = of;
    const places = [...frames].map(({ type, offset, length }) => [type, offset, length]);
    expect(places).toEqual(
      expect.arrayContaining([
        ['nbss.pdu', 0, 92],
        ['nbss.hdr', 0, 4],
        ['smb2.pdu', 4, 88],
        ['smb2.hdr', 4, 64],
        ['smb2.data', 68, 24],
      ]),
    );
  });

  const limited = (more: object) => ({ config: { 'app-layer': { protocols: { smb: more } } } });
  it.each([
    ['write_request_too_large', { 'max-write-size': 3 }, [Build.write(3, 0, Buffer.from('abcd'))]],
    ['read_request_too_large', { 'max-read-size': 3 }, [Build.read(3, 0, 4)]],
    ['write_queue_size_exceeded', { 'max-write-queue-size': 3 }, [Build.write(3, 9, Buffer.from('abcd'))]],
    [
      'write_queue_cnt_exceeded',
      { 'max-write-queue-cnt': 1 },
      [Build.write(3, 9, Buffer.from('a')), Build.write(4, 11, Buffer.from('b'))],
    ],
    ['file_overlap', {}, [Build.write(3, 0, Buffer.from('ab')), Build.write(4, 1, Buffer.from('c'))]],
    ['response_to_server', {}, [Build.closeAnswer(3)]],
    ['malformed_data', {}, [Buffer.from('no message of SMB at all')]],
    ['too_many_transactions', { 'max-tx': 1 }, [Build.close(3), Build.close(4)]],
    ['duplicate_negotiate', {}, [Build.negotiate(7), Build.negotiate(8)]],
  ])('reports %s', (event, settings, messages) => {
    const of = opened(1, limited(settings));
    for (const message of messages) of.client(record(message));
    expect(of.end().events).toContain(event);
  });

  it('reports names in unusual positions', () => {
    const blob = Build.ntlmAnswer('joe', 'D', 'PC');
    const [domain, user] = [Buffer.from(blob.subarray(28, 36)), Buffer.from(blob.subarray(36, 44))];
    user.copy(blob, 28);
    domain.copy(blob, 36);
    const of = new Feed([smb], { serverPort: 445 }).client(record(Build.sessionSetup(1, blob))).end();
    expect(of.events).toEqual(['unusual_ntlmssp_order']);
    expect(recordsOf(of)[0].ntlmssp).toMatchObject({ domain: 'D', user: 'joe', host: 'PC', warning: true });
  });

  it('logs the types that an output wants', () => {
    const types = [{ smb: { types: ['create'] } }];
    const config = { outputs: [{ 'eve-log': { enabled: 'yes', types } }] };
    expect(recordsOf(opened(1, { config }).end()).map(({ command }) => command)).toEqual([
      'SMB2_COMMAND_CREATE',
    ]);
  });
});

describe('smb1', () => {
  const andx = Buffer.from([0xff, 0, 0, 0]);
  const dialects = Buffer.from('\x02PC NETWORK\0\x02NT LM 0.12\0', 'latin1');
  const none = Buffer.alloc(0);

  function connected(service = 'A:'): Feed {
    const share = Buffer.from('\0\\\\h\\s\0?????\0', 'latin1');
    const created = Buffer.concat([andx, Buffer.from([0]), le16(0x4006), Buffer.alloc(61)]);
    const name = Buffer.from('a.txt\0', 'latin1');
    const words = Buffer.concat([andx, Buffer.from([0]), le16(5), Buffer.alloc(41)]);
    return feed()
      .client(record(Build.smb1(0x72, 1, none, dialects)))
      .server(
        record(Build.smb1(0x72, 1, Buffer.concat([le16(1), Buffer.alloc(32)]), none, { response: true })),
      )
      .client(record(Build.smb1(0x75, 2, Buffer.concat([andx, le16(0), le16(1)]), share)))
      .server(
        record(
          Build.smb1(0x75, 2, Buffer.concat([andx, le16(0)]), Buffer.from(`${service}\0\0`), {
            response: true,
          }),
        ),
      )
      .client(record(Build.smb1(0xa2, 3, words, name)))
      .server(record(Build.smb1(0xa2, 3, created, none, { response: true })));
  }

  it('logs dialects, shares and files', () => {
    const data = Buffer.from('hello');
    const words = [
      andx,
      le16(0x4006),
      le32(0),
      le32(0),
      le16(0),
      le16(0),
      le16(0),
      le16(5),
      le16(63),
      le32(0),
    ];
    const of = connected()
      .client(record(Build.smb1(0x2f, 4, Buffer.concat(words), data)))
      .client(record(Build.smb1(0x04, 5, Buffer.concat([le16(0x4006), le32(0)]), none)))
      .server(record(Build.smb1(0x04, 5, none, none, { response: true, status: 0x005b0002, isNt: false })))
      .end();
    const common = {
      dialect: 'NT LM 0.12',
      status: 'STATUS_SUCCESS',
      status_code: '0x0',
      session_id: 9,
      tree_id: 8,
    };
    expect(recordsOf(of)).toMatchObject([
      {
        ...common,
        command: 'SMB1_COMMAND_NEGOTIATE_PROTOCOL',
        client_dialects: ['PC NETWORK', 'NT LM 0.12'],
      },
      {
        ...common,
        command: 'SMB1_COMMAND_TREE_CONNECT_ANDX',
        share: '\\\\h\\s',
        service: { request: '?????', response: 'A:' },
      },
      { ...common, command: 'SMB1_COMMAND_NT_CREATE_ANDX', filename: 'a.txt', fuid: '4006' },
      { ...common, command: 'SMB1_COMMAND_WRITE_ANDX', filename: 'a.txt', fuid: '4006' },
      { command: 'SMB1_COMMAND_CLOSE', status: 'SRV_BADUID', status_code: '0x005b' },
    ]);
    expect(of.files.map(({ file }) => [file.size, file.state])).toEqual([[5, 'closed']]);
  });

  it('parses calls in several transactions', () => {
    const call = request(2, 15, 'arguments');
    const trans = (mid: number, data: Uint8Array) => {
      const places = [le16(0), le16(0), le16(data.length), le16(32 + 1 + 32 + 2), Buffer.from([2, 0])];
      const words = Buffer.concat([Buffer.alloc(18), ...places, le16(0x26), le16(0x4006)]);
      return record(Build.smb1(0x25, mid, words, data));
    };
    const more = (mid: number, data: Uint8Array) => {
      const words = Buffer.concat([Buffer.alloc(10), le16(data.length), le16(32 + 1 + 16 + 2), le16(0)]);
      return record(Build.smb1(0x26, mid, words, data));
    };
    const of = connected()
      .client(trans(4, bind(1)))
      .client(trans(5, call.subarray(0, 20)))
      .client(more(5, call.subarray(20, 28)))
      .client(more(5, call.subarray(28)))
      .end();
    expect(recordsOf(of).map(each => each.dcerpc?.opnum)).toContain(15);
    const stubs = buffer(of, 'dcerpc.stub_data').filter(Boolean);
    expect(stubs).toEqual(['arguments']);
  });

  it('finds the answer to a call written to a pipe in the data read from it', () => {
    const written = (mid: number, data: Uint8Array) => {
      const places = [le16(data.length), le16(32 + 1 + 24 + 2)];
      const words = [andx, le16(0x4006), Buffer.alloc(14), ...places];
      return record(Build.smb1(0x2f, mid, Buffer.concat(words), data));
    };
    const taken = record(
      Build.smb1(0x2f, 4, Buffer.concat([andx, Buffer.alloc(8)]), none, { response: true }),
    );
    const read = (data: Uint8Array) => {
      const words = [andx, Buffer.alloc(6), le16(data.length), le16(32 + 1 + 24 + 2), Buffer.alloc(10)];
      return record(Build.smb1(0x2e, 5, Buffer.concat(words), data, { response: true }));
    };
    const asked = Buffer.concat([andx, le16(0x4006), Buffer.alloc(18)]);
    const of = connected('IPC')
      .client(written(4, request(2, 15, 'arguments')))
      .server(taken)
      .client(record(Build.smb1(0x2e, 5, asked, none)))
      .server(read(response(2, 'results')))
      .end();
    expect(recordsOf(of).at(-1)).toMatchObject({
      command: 'SMB1_COMMAND_WRITE_ANDX',
      dcerpc: { request: 'REQUEST', response: 'RESPONSE', opnum: 15, res: { stub_data_size: 7 } },
    });
  });

  it('logs files that are to be deleted', () => {
    const data = Buffer.concat([le16(0x4006), le16(0x102), le16(0), Buffer.from([1])]);
    // Parameters begin behind header, words and the number of bytes.
    const at = 32 + 1 + 30 + 2;
    const places = [le16(6), le16(at), le16(1), le16(at + 6), Buffer.from([1, 0]), le16(8)];
    const words = Buffer.concat([Buffer.alloc(18), ...places]);
    const of = connected()
      .client(record(Build.smb1(0x32, 4, words, data)))
      .end();
    expect(recordsOf(of).at(-1)).toMatchObject({
      filename: 'a.txt',
      fuid: '4006',
      access: 'delete on close',
    });
  });

  it('finds the request of a command without a key of its own among many', () => {
    const of = feed({ config: { 'app-layer': { protocols: { smb: { 'max-tx': 3000 } } } } });
    for (let mid = 0; mid < 2000; mid++) of.client(record(Build.smb1(0x04, mid, Buffer.alloc(6), none)));
    of.client(record(Build.smb1(0x72, 2000, none, dialects)));
    let looks = 0;
    const { transactions } = of.application.sessionOf(0) as Session<SmbTransaction>;
    for (const each of transactions) {
      const { version } = each;
      const get = () => {
        looks++;
        return version;
      };
      Object.defineProperty(each, 'version', { get });
    }
    for (let mid = 0; mid < 10; mid++)
      of.server(record(Build.smb1(0x2b, 3000 + mid, none, none, { response: true })));
    of.client(record(Build.smb1(0x72, 2001, none, dialects))).server(record(Build.negotiated(9)));
    expect(looks).toBeLessThan(transactions.length);
    expect(of.end().events).toEqual(['duplicate_negotiate']);
    expect(recordsOf(of)[0]).toMatchObject({ id: 2001, dialect: '2.10', status: 'STATUS_SUCCESS' });
  });

  it('reports invalid dialects', () => {
    const of = feed()
      .client(record(Build.smb1(0x72, 1, none, Buffer.from('what'))))
      .end();
    expect(of.events).toEqual(['negotiate_malformed_dialects']);
  });
});

describe('detection', () => {
  it.each([445, 4450])('detects SMB on port %i', serverPort => {
    expect(new Feed([smb], { serverPort }).client(record(Build.close(1))).end().records.length).toBe(1);
  });

  it.each(['GET / HTTP/1.1\r\n\r\n', '\0\0\0\x10hello, what is this?'])('does not detect %j', bytes => {
    expect(feed().client(bytes).end().records).toEqual([]);
  });
});
