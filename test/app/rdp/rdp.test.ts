import { describe, expect, it } from 'vitest';
import rdp from '../../../modules/app/rdp.js';
import { Feed } from '../../application/feed.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
function tpkt(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([3, 0, (content.length + 4) >> 8, (content.length + 4) & 255]), content]);
}
const connection = (code: number, ...parts: Buffer[]) => {
  const rest = Buffer.concat(parts);
  return tpkt(Buffer.concat([Buffer.from([6 + rest.length, code, 0, 0, 0, 0, 0]), rest]));
};
const negotiation = (type: number, flags: number, value: number) =>
  Buffer.from([type, flags, 8, 0, value, 0, 0, 0]);
const mcs = (kind: number, content: Buffer) =>
  tpkt(Buffer.concat([Buffer.from([2, 0xf0, 0x80, 0x7f, kind]), content]));

const block = (type: number, content: Buffer) => {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(type);
  header.writeUInt16LE(content.length + 4, 2);
  return Buffer.concat([header, content]);
};
const core = Buffer.alloc(206);
core.writeUInt32LE(0x80004);
core.writeUInt16LE(800, 4);
core.writeUInt16LE(600, 6);
core.writeUInt32LE(1031, 12);
core.writeUInt32LE(2600, 16);
core.write('BOX', 20, 'utf16le');
core.writeUInt32LE(4, 52);
core.writeUInt32LE(12, 60);
core.writeUInt16LE(1, 130);
core.writeUInt16LE(15, 136);
core.writeUInt16LE(3, 140);
core.write('id-1', 142, 'utf16le');
const channels = Buffer.concat([Buffer.from([1, 0, 0, 0]), latin1('rdpsnd\0\0'), Buffer.alloc(4)]);
const blocks = Buffer.concat([block(0xc001, core), block(0xc003, channels)]);
const CONNECT = mcs(0x65, Buffer.concat([latin1('xxDuca\x81\x00'), blocks]));
const REQUEST = connection(0xe0, latin1('Cookie: mstshash=me\r\n'), negotiation(1, 1, 3));

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}
const length3 = (content: Buffer) => Buffer.concat([Buffer.from([0, 0, content.length]), content]);
const certificate = der(
  0x30,
  der(0x30, der(0xa0, der(2, Buffer.from([2]))), der(2, Buffer.from([0xab, 0xcd]))),
);
const message = (type: number, content: Buffer) => Buffer.concat([Buffer.from([type]), length3(content)]);
const record = (content: Buffer) => Buffer.concat([Buffer.from([22, 3, 3, 0, content.length]), content]);
const HANDSHAKE = Buffer.concat([
  record(message(2, Buffer.alloc(20))),
  record(message(11, length3(length3(certificate)))),
]);

const told = (feed: Feed) => feed.end().records.map(each => each.rdp);
const fed = () => new Feed([rdp], { serverPort: 3389 });

describe('rdp', () => {
  it('tells how a connection begins', () => {
    const feed = fed()
      .client(REQUEST)
      .server(connection(0xd0))
      .client(CONNECT)
      .server(mcs(0x66, Buffer.alloc(3)))
      .client(latin1('more'));
    expect(told(feed)).toEqual([
      { tx_id: 0, event_type: 'initial_request', cookie: 'me', flags: ['restricted_admin_mode_required'] },
      { tx_id: 1, event_type: 'initial_response' },
      {
        tx_id: 2,
        event_type: 'connect_request',
        client: {
          version: 'v5',
          desktop_width: 800,
          desktop_height: 600,
          color_depth: 15,
          keyboard_layout: 'de-DE',
          build: 'Windows XP',
          client_name: 'BOX',
          keyboard_type: 'enhanced',
          function_keys: 12,
          product_id: 1,
          capabilities: ['support_errinfo_pdf', 'want_32bpp_session'],
          id: 'id-1',
        },
        channels: ['rdpsnd'],
      },
      { tx_id: 3, event_type: 'connect_response' },
    ]);
  });

  it('tells certificates where it goes on as TLS', () => {
    const feed = fed()
      .client(REQUEST)
      .server(connection(0xd0, negotiation(2, 1, 2)));
    expect(told(feed.client(latin1('\x16\x03\x01\0\x01x')).server(HANDSHAKE)).slice(1)).toEqual([
      {
        tx_id: 1,
        event_type: 'initial_response',
        server_supports: ['extended_client_data'],
        protocol: 'hybrid',
      },
      { tx_id: 2, event_type: 'tls_handshake', x509_serials: ['abcd'] },
    ]);
  });

  it('tells why a server refuses', () => {
    const feed = fed()
      .client(REQUEST)
      .server(connection(0xd0, negotiation(3, 0, 5)));
    expect(told(feed)[1]).toMatchObject({ error_code: 5, reason: 'hybrid required by server' });
  });

  it('reads the same however it is cut', () => {
    const server = Buffer.concat([connection(0xd0, negotiation(2, 1, 1)), HANDSHAKE]);
    const cut = fed()
      .pieces(true, REQUEST, () => 1)
      .pieces(false, server, () => 1);
    expect(told(cut)).toEqual(told(fed().client(REQUEST).server(server)));
  });

  it('takes nothing for granted', () => {
    for (let at = 0; at < CONNECT.length; at += 3) {
      const damaged = Buffer.from(CONNECT);
      damaged[at]! ^= 0xff;
      const feed = fed().client(REQUEST).server(connection(0xd0)).client(damaged).end();
      expect(feed.thread.counters.read('app_layer.error.rdp.parser')).toBe(0);
    }
  });
});
