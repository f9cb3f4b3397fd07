import { describe, expect, it } from 'vitest';
import rdp from '../../../modules/app/rdp.js';
import { Feed } from '../../application/feed.js';
import {
  CONNECT,
  certificate,
  connection,
  HANDSHAKE,
  latin1,
  length3,
  mcs,
  message,
  negotiation,
  REQUEST,
  record,
} from './message-builder.js';

const recordsOf = (feed: Feed) => feed.end().records.map(each => each.rdp);
const fed = () => new Feed([rdp], { serverPort: 3389 });

describe('rdp', () => {
  it('logs the beginning of a connection', () => {
    const feed = fed()
      .client(REQUEST)
      .server(connection(0xd0))
      .client(CONNECT)
      .server(mcs(0x66, Buffer.alloc(3)))
      .client(latin1('more'));
    expect(recordsOf(feed)).toEqual([
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

  it('logs what a server supports', () => {
    const feed = fed()
      .client(REQUEST)
      .server(connection(0xd0, negotiation(2, 0x1b, 8)));
    expect(recordsOf(feed)[1]).toMatchObject({
      server_supports: ['extended_client_data', 'dynvc_gfx', 'restricted_admin', 'redirected_authentication'],
      protocol: 'hybrid_ex',
    });
  });

  it('logs certificates if it continues as TLS', () => {
    const feed = fed()
      .client(REQUEST)
      .server(connection(0xd0, negotiation(2, 1, 2)));
    expect(recordsOf(feed.client(latin1('\x16\x03\x01\0\x01x')).server(HANDSHAKE)).slice(1)).toEqual([
      {
        tx_id: 1,
        event_type: 'initial_response',
        server_supports: ['extended_client_data'],
        protocol: 'hybrid',
      },
      { tx_id: 2, event_type: 'tls_handshake', x509_serials: ['abcd'] },
    ]);
  });

  it('logs certificates cut into records of one byte, with empty ones between', () => {
    const messages = Buffer.concat([
      message(2, Buffer.alloc(20)),
      message(11, length3(length3(certificate))),
    ]);
    const records = [...messages].flatMap(byte => [record(Buffer.alloc(0)), record(Buffer.from([byte]))]);
    const feed = fed()
      .client(REQUEST)
      .server(Buffer.concat([connection(0xd0, negotiation(2, 1, 2)), ...records]));
    expect(recordsOf(feed).at(-1)).toMatchObject({ event_type: 'tls_handshake', x509_serials: ['abcd'] });
  });

  it('logs why a server refuses', () => {
    const feed = fed()
      .client(REQUEST)
      .server(connection(0xd0, negotiation(3, 0, 5)));
    expect(recordsOf(feed)[1]).toMatchObject({ error_code: 5, reason: 'hybrid required by server' });
  });

  it('logs the same with any segmentation', () => {
    const server = Buffer.concat([connection(0xd0, negotiation(2, 1, 1)), HANDSHAKE]);
    const cut = fed()
      .pieces(true, REQUEST, () => 1)
      .pieces(false, server, () => 1);
    expect(recordsOf(cut)).toEqual(recordsOf(fed().client(REQUEST).server(server)));
  });

  it('never fails on damaged messages', () => {
    for (let at = 0; at < CONNECT.length; at += 3) {
      const damaged = Buffer.from(CONNECT);
      damaged[at]! ^= 0xff;
      const feed = fed().client(REQUEST).server(connection(0xd0)).client(damaged).end();
      expect(feed.thread.counters.read('app_layer.error.rdp.parser')).toBe(0);
    }
  });
});
