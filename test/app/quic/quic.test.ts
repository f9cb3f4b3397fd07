import { describe, expect, it, vi } from 'vitest';
import { InitialKeys } from '../../../modules/app/quic/protection.js';
import quic from '../../../modules/app/quic.js';
import { Feed } from '../../application/feed.js';
import { concat, hex, u8, u16 } from '../../packets/bytes.js';
import { alpn, clientHello, extension, serverHello, serverName, versions } from '../tls/handshake-builder.js';
import {
  CLIENT_1,
  CLIENT_2,
  crypto,
  googleHello,
  initial,
  keysOf,
  retry,
  SERVER_1,
} from './packet-builder.js';

const hello = clientHello([serverName('a.example'), alpn('h3'), versions(0x0304)]);
const answer = serverHello([extension(43, u16(0x0304))], 0x1301);

const feed = (): Feed => new Feed([quic], { serverPort: 443, transport: 'udp' });
const recordsOf = (fed: Feed) => fed.end().records.map(record => record.quic);

describe('quic', () => {
  it('logs the hellos of both sides', () => {
    const [client, server] = recordsOf(
      feed()
        .client(initial(CLIENT_1, crypto(0, hello)))
        .server(initial(SERVER_1, crypto(0, answer))),
    );
    expect(client).toMatchObject({
      version: '1',
      sni: 'a.example',
      ja3: { string: '771,4865-47,0-16-43,,' },
      extensions: [
        { name: 'server_name', type: 0, values: ['a.example'] },
        { name: 'alpn', type: 16, values: ['h3'] },
        { name: 'supported_versions', type: 43 },
      ],
    });
    expect(client.ja4).toMatch(/^q13d0203h3_/);
    expect(server).toMatchObject({ ja3s: { string: '771,4865,43' } });
  });

  it('logs extensions by name', () => {
    const types = [27, 34, 54, 59, 17513, 2570];
    const sent = clientHello(types.map(type => extension(type, u8(0))));
    expect(recordsOf(feed().client(initial(CLIENT_1, crypto(0, sent))))[0].extensions).toEqual([
      { name: 'compress_certificate', type: 27 },
      { name: 'delegated_credential', type: 34 },
      { name: 'connection_id', type: 54 },
      { name: 'dnssec_chain', type: 59 },
      { name: 'application_settings', type: 17513 },
      { type: 2570 },
    ]);
  });

  it('assembles a hello after very many separate pieces', () => {
    const far = Array.from({ length: 300 }, (_, i) => crypto(2000 + 2 * i, u8(1)));
    const fed = feed()
      .client(initial(CLIENT_1, concat(...far.slice(0, 200)), 0))
      .client(initial(CLIENT_1, concat(...far.slice(200)), 1))
      .client(initial(CLIENT_1, crypto(20, hello.slice(20)), 2))
      .client(initial(CLIENT_1, crypto(0, hello.slice(0, 20)), 3));
    expect(recordsOf(fed)).toEqual([expect.objectContaining({ sni: 'a.example' })]);
  });

  it('assembles a hello from several packets and frames in any order', () => {
    const [a, b, c] = [hello.slice(0, 20), hello.slice(20, 50), hello.slice(50)];
    const fed = feed()
      .client(initial(CLIENT_1, concat(crypto(50, c), u8(1), crypto(0, a)), 0))
      .client(initial(CLIENT_1, concat(hex('02 05 00 00 00'), crypto(20, b)), 1));
    expect(recordsOf(fed)).toEqual([expect.objectContaining({ sni: 'a.example' })]);
  });

  it('assembles a hello from bytes in any order, some of them repeated', () => {
    const order = Array.from(hello, (_, i) => (i * 37) % hello.length);
    const frames = order.map(at => crypto(at, hello.slice(at, at + 1 + (at % 3))));
    const whole = concat(...frames.flatMap((frame, i) => (i % 5 === 0 ? [frame, frame] : [frame])));
    expect(new Set(order).size).toBe(hello.length);
    expect(recordsOf(feed().client(initial(CLIENT_1, whole)))).toEqual([
      expect.objectContaining({ sni: 'a.example' }),
    ]);
  });

  it('parses packets that share a datagram', () => {
    const both = concat(
      initial(CLIENT_1, crypto(0, hello.slice(0, 40))),
      initial(CLIENT_1, crypto(40, hello.slice(40)), 3),
    );
    expect(recordsOf(feed().client(both)).length).toBe(1);
  });

  it('parses version 2', () => {
    expect(recordsOf(feed().client(initial(CLIENT_2, crypto(0, hello))))).toEqual([
      expect.objectContaining({ version: '6b3343cf', sni: 'a.example' }),
    ]);
  });

  it('starts again after a retry, with the identifier the server chose', () => {
    const chosen = Buffer.from('abcd');
    const fed = feed()
      .client(initial(CLIENT_1, crypto(0, hello)))
      .server(retry(chosen))
      .client(initial(keysOf('client', chosen), crypto(0, hello)))
      .server(initial(keysOf('server', chosen), crypto(0, answer)));
    expect(recordsOf(fed).map(({ sni }) => sni)).toEqual(['a.example', 'a.example', undefined]);
    expect(fed.events).toEqual([]);
  });

  describe('several connections between two sockets', () => {
    const other = clientHello([serverName('b.example')]);
    const destination = hex('01020304');
    const names = (fed: Feed) => recordsOf(fed).map(({ sni, ja3s }) => sni ?? ja3s.string);

    it('are logged, whichever of them the server answers', () => {
      const clients = (): Feed =>
        feed()
          .client(initial(CLIENT_1, crypto(0, hello)))
          .client(initial(keysOf('client', destination), crypto(0, other)));
      const first = clients().server(initial(SERVER_1, crypto(0, answer)));
      expect(names(first)).toEqual(['a.example', 'b.example', '771,4865,43']);
      const second = clients().server(initial(keysOf('server', destination), crypto(0, answer)));
      expect(names(second)).toEqual(['a.example', 'b.example', '771,4865,43']);
      expect([...first.events, ...second.events]).toEqual([]);
    });

    it('may differ in version only', () => {
      const draft = keysOf('client', CLIENT_1.destination, 0xff00001d);
      const fed = feed()
        .client(initial(draft, crypto(0, hello)))
        .client(initial(CLIENT_1, crypto(0, other)));
      expect(recordsOf(fed)).toMatchObject([
        { version: 'ff00001d', sni: 'a.example' },
        { version: '1', sni: 'b.example' },
      ]);
    });

    it('may have their hellos in alternating pieces', () => {
      const fed = feed()
        .client(initial(CLIENT_1, crypto(0, hello.slice(0, 30))))
        .client(initial(keysOf('client', destination), crypto(30, other.slice(30))))
        .client(initial(CLIENT_1, crypto(30, hello.slice(30)), 3))
        .client(initial(keysOf('client', destination), crypto(0, other.slice(0, 30)), 3));
      expect(names(fed)).toEqual(['a.example', 'b.example']);
    });

    it('are decrypted up to a limit', () => {
      const limits = { 'app-layer': { protocols: { quic: { 'max-connections': 1 } } } };
      const fed = new Feed([quic], { serverPort: 443, transport: 'udp', config: limits })
        .client(initial(CLIENT_1, crypto(0, hello.slice(0, 30))))
        .client(initial(keysOf('client', destination), crypto(0, other)))
        .client(initial(CLIENT_1, crypto(30, hello.slice(30)), 3));
      expect(names(fed)).toEqual(['b.example']);
    });
  });

  it('ignores later packets to the identifier the server chose', () => {
    const acknowledgment = { ...CLIENT_1, destination: Buffer.from('chosen') };
    const fed = feed()
      .client(initial(CLIENT_1, crypto(0, hello)))
      .server(initial(SERVER_1, crypto(0, answer)))
      .client(initial(acknowledgment, Uint8Array.of(2, 0, 0, 0, 0)));
    expect(recordsOf(fed).length).toBe(2);
    expect(fed.events).toEqual([]);
  });

  it('reads on at the identifier the server chose before the hello was complete', () => {
    const chosen = { ...CLIENT_1, destination: Buffer.from('chosen') };
    const fed = feed()
      .client(initial(CLIENT_1, crypto(0, hello.slice(0, 30))))
      .server(initial(SERVER_1, Uint8Array.of(2, 0, 0, 0, 0)))
      .client(initial(chosen, crypto(30, hello.slice(30)), 3));
    expect(recordsOf(fed)).toEqual([expect.objectContaining({ sni: 'a.example' })]);
    expect(fed.events).toEqual([]);
  });

  it('logs a hello in a datagram that servers discard for its size, and the one they accept', () => {
    const decoy = clientHello([serverName('decoy.example')]);
    const fed = feed()
      .client(initial(CLIENT_1, crypto(0, decoy.slice(0, 30)), 0, 0))
      .client(initial(CLIENT_1, crypto(0, hello.slice(0, 30)), 1))
      .client(initial(CLIENT_1, crypto(30, decoy.slice(30)), 2, 0))
      .client(initial(CLIENT_1, crypto(30, hello.slice(30)), 3));
    expect(recordsOf(fed).map(({ sni }) => sni)).toEqual(['decoy.example', 'a.example']);
    expect(fed.events).toEqual([]);
  });

  it('follows the server to another version', () => {
    const draft = keysOf('client', CLIENT_1.destination, 0xff00001d);
    const fed = feed()
      .client(initial(draft, crypto(0, hello)))
      .server(initial(SERVER_1, crypto(0, answer)));
    expect(recordsOf(fed)).toMatchObject([{ version: 'ff00001d' }, { version: '1', ja3s: {} }]);
    expect(fed.events).toEqual([]);
  });

  it('parses hellos of Google versions', () => {
    const tags: [string, string][] = [
      ['PAD', '----'],
      ['SNI', 'b.example'],
      ['VER', 'Q046'],
      ['UAID', 'canary'],
    ];
    const [record] = recordsOf(feed().client(googleHello(tags)));
    expect(record).toMatchObject({ version: 'Q046', sni: 'b.example', ua: 'canary' });
    expect(record.cyu).toEqual([
      { string: '46,PAD-SNI-VER-UAID', hash: expect.stringMatching(/^[0-9a-f]{32}$/) },
    ]);
  });

  it('reports packets that cannot be decrypted once', () => {
    const broken = initial(CLIENT_1, crypto(0, hello));
    broken[broken.length - 1]! ^= 1;
    const fed = feed().client(broken).client(broken);
    fed.end();
    expect(fed.events).toEqual(['failed_decrypt']);
  });

  it('derives keys once for all packets of a datagram', () => {
    const broken = initial(CLIENT_1, crypto(0, hello));
    broken[broken.length - 1]! ^= 1;
    const others = Array.from({ length: 8 }, (_, i) =>
      initial({ ...CLIENT_1, destination: u8(i) }, crypto(0, hello)),
    );
    const derivations = vi.spyOn(InitialKeys, 'of');
    const fed = feed().client(concat(broken, broken, broken, ...others));
    expect(derivations).toHaveBeenCalledTimes(1);
    derivations.mockRestore();
    expect(recordsOf(fed.client(initial(CLIENT_1, crypto(0, hello))))).toContainEqual(
      expect.objectContaining({ sni: 'a.example' }),
    );
  });

  it('parses acknowledgments before the hello', () => {
    const acknowledgments = Uint8Array.of(2, 9, 0, 1, 0, 0, 6, 1, 3, 9, 0, 0, 6, 0x40, 6, 0, 6);
    const fed = feed().client(initial(CLIENT_1, concat(acknowledgments, crypto(0, hello))));
    expect(recordsOf(fed)).toEqual([expect.objectContaining({ sni: 'a.example' })]);
    expect(fed.events).toEqual([]);
  });

  it('reports frames that are invalid in an Initial packet', () => {
    const fed = feed().client(initial(CLIENT_1, Uint8Array.of(0x1e, 0, 0)));
    fed.end();
    expect(fed.events).toEqual(['error_on_data']);
  });

  it('does not detect other datagrams', () => {
    expect(feed().client('\xc0\x12\x34\x56\x78 something').end().records).toEqual([]);
    expect(feed().client('\x40 something else').end().records).toEqual([]);
  });

  it('keeps a hello up to a limit, and reports a longer one', () => {
    const limits = { 'app-layer': { protocols: { quic: { 'max-hello-length': 64 } } } };
    const fed = new Feed([quic], { serverPort: 443, transport: 'udp', config: limits });
    expect(recordsOf(fed.client(initial(CLIENT_1, crypto(0, hello))))).toEqual([{}]);
    fed.end();
    expect(fed.events).toEqual(['crypto_frag_too_long']);
  });
});
