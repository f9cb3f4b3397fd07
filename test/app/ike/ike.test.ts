import { describe, expect, it } from 'vitest';
import { BUFFERS, TESTS } from '../../../modules/app/ike/keywords.js';
import ike from '../../../modules/app/ike.js';
import { Feed } from '../../application/feed.js';
import { concat, hex, u16, u32 } from '../../packets/bytes.js';
import { association1, association2, message, part, proposal2 } from './message-builder.js';

const config = (extended: string) => ({ outputs: [{ 'eve-log': { types: [{ ike: { extended } }] } }] });
const feed = (extended = 'yes'): Feed =>
  new Feed([ike], { serverPort: 500, transport: 'udp', config: config(extended) });
const recordsOf = (fed: Feed) => fed.end().records.map(record => record.ike);

describe('ike', () => {
  it('logs the negotiation of version 2', () => {
    const strong = proposal2([1, 12], [2, 5], [3, 12], [4, 14]);
    const fed = feed()
      .client(message(2, 34, 8, association2(strong), part(34, u16(14), u16(0), 'key'), part(40, 'nonce')))
      .server(
        message(2, 34, 0x20, association2(strong), part(41, u16(0), u16(16388)), part(41, u16(0), u16(14))),
      );
    expect(recordsOf(fed)).toEqual([
      {
        version_major: 2,
        version_minor: 0,
        init_spi: '0102030405060708',
        resp_spi: '1112131415161718',
        message_id: 0,
        exchange_type: 34,
        role: 'initiator',
        payload: ['Nonce', 'KeyExchange', 'SecurityAssociation', 'NoNextPayload'],
        ikev2: { errors: 0, notify: [] },
      },
      expect.objectContaining({
        role: 'responder',
        alg_enc: 'ENCR_AES_CBC',
        alg_prf: 'PRF_HMAC_SHA2_256',
        alg_auth: 'AUTH_HMAC_SHA2_256_128',
        alg_dh: 'Modp2048',
        ikev2: { errors: 1, notify: ['NAT_DETECTION_SOURCE_IP', 'NO_PROPOSAL_CHOSEN'] },
      }),
    ]);
    expect(fed.events).toEqual([]);
  });

  it.each([
    ['weak_crypto_enc', [1, 3]],
    ['no_encryption', [1, 11]],
    ['weak_crypto_prf', [2, 1]],
    ['weak_crypto_auth', [3, 1]],
    ['weak_crypto_dh', [4, 2]],
    ['weak_crypto_nodh', [4, 0]],
  ] as const)('reports %s', (event, [type, id]) => {
    const strong: [number, number][] = [
      [1, 12],
      [2, 5],
      [3, 12],
      [4, 14],
    ];
    const transforms = strong.map((each): [number, number] => (each[0] === type ? [type, id] : each));
    const fed = feed().client(message(2, 34, 8, association2(proposal2(...transforms))));
    fed.end();
    expect(fed.events).toEqual([event]);
  });

  it('reports unknown transforms', () => {
    const odd = proposal2([1, 12], [2, 5], [3, 12], [4, 14], [77, 1]);
    const fed = feed().client(message(2, 34, 8, association2(odd)));
    fed.end();
    expect(fed.events).toEqual(['unknown_proposal']);
  });

  it('logs the negotiation of version 1', () => {
    const chosen: [number, number][] = [
      [1, 7],
      [2, 4],
      [4, 14],
      [14, 256],
    ];
    const vendor = part(13, hex('4048b7d56ebce88525e7de7f00d6c2d3'));
    const fed = feed()
      .client(
        message(
          1,
          2,
          0,
          association1(chosen, [
            [1, 5],
            [4, 2],
          ]),
          vendor,
        ),
      )
      .server(message(1, 2, 0, association1(chosen), part(4, 'key'), part(10, 'nonce')))
      .client(message(1, 2, 1, part(5, 'secret')));
    const records = recordsOf(fed);
    expect(records[0]).toMatchObject({
      exchange_type_verbose: 'Identity Protection',
      payload: ['VendorID', 'Transform', 'Proposal', 'SecurityAssociation'],
      ikev1: { doi: 1, encrypted_payloads: false, vendor_ids: ['4048b7d56ebce88525e7de7f00d6c2d3'] },
    });
    expect(records[1]).toMatchObject({
      alg_enc: 'EncAesCbc',
      alg_enc_raw: 7,
      alg_hash: 'HashSha2_256',
      alg_dh: 'GroupModp2048Bit',
      sa_key_length_raw: 256,
      alg_esn: 'NoESN',
      ikev1: {
        client: {
          proposals: [
            expect.anything(),
            {
              alg_enc: 'Enc3DesCbc',
              alg_enc_raw: 5,
              alg_dh: 'GroupAlternate1024BitModpGroup',
              alg_dh_raw: 2,
            },
          ],
        },
        server: { key_exchange_payload: '6b6579', nonce_payload_length: 5 },
      },
    });
    expect(records[2]).toMatchObject({ payload: [] });
    expect(records[2]!.ikev1).toEqual({ doi: 1, encrypted_payloads: true });
    const test = TESTS[0]!;
    const matches = (argument: string) =>
      test.matches(fed.transactions[1]! as never, false, test.parse(argument));
    expect(['alg_hash=2', 'alg_hash=4', 'sa_key_length=256'].map(matches)).toEqual([false, true, true]);
    expect(() => test.parse('alg_hush=2')).toThrow('expected attribute=number');
  });

  it('logs the first of repeated attributes', () => {
    const twice = association1([
      [1, 7],
      [1, 5],
    ]);
    const ike = recordsOf(feed().server(message(1, 2, 0, twice)))[0]!;
    expect(ike).toMatchObject({ alg_enc: 'EncAesCbc', alg_enc_raw: 7 });
  });

  it('logs numbers without a name as numbers', () => {
    const notify = (kind: number) => part(41, u16(0), u16(kind));
    const fed = feed().server(
      message(2, 34, 0x20, association2(proposal2([1, 99], [4, 14])), notify(16430), notify(40961)),
    );
    expect(recordsOf(fed)[0]).toMatchObject({
      alg_enc: 'IkeTransformEncType(99 / 0x63)',
      ikev2: { notify: ['IKEV2_FRAGMENTATION_SUPPORTED', 'Notify(40961)'] },
    });
  });

  it('has buffers in the direction of the messages that contain them', () => {
    const directions = BUFFERS.map(({ keyword, direction }) => [keyword, direction]);
    expect(Object.fromEntries(directions)).toMatchObject({
      'ike.init_spi': 'to_server',
      'ike.resp_spi': 'to_client',
      'ike.vendor': 'to_server',
      'ike.nonce_payload': 'either',
    });
  });

  it('logs only the name of an exchange type if configured', () => {
    const sent = message(1, 2, 0, part(10, 'nonce'));
    expect(recordsOf(feed('yes').client(sent))[0]).toHaveProperty('exchange_type_verbose');
    expect(recordsOf(feed('no').client(sent))[0]).not.toHaveProperty('exchange_type_verbose');
  });

  it('reports bytes behind the last payload', () => {
    const sent = concat(message(2, 34, 8, part(40, 'nonce')), u16(0));
    new DataView(sent.buffer, sent.byteOffset).setUint32(24, sent.length);
    expect(feed().client(sent).end().events).toEqual(['payload_extra_data']);
  });

  it('logs what a responder of version 2 chose, and all if it chose several', () => {
    const chosen = proposal2([1, 12], [2, 5], [3, 12], [4, 14]);
    const fed = feed().server(message(2, 34, 0x20, association2(chosen, proposal2([1, 20], [4, 19]))));
    expect(recordsOf(fed)[0]).toMatchObject({
      alg_enc: 'ENCR_AES_CBC',
      server_proposals: [
        { alg_enc: 'ENCR_AES_CBC', alg_dh: 'Modp2048' },
        { alg_enc: 'ENCR_AES_GCM_16', alg_dh: 'Ecp256' },
      ],
    });
    expect(fed.events).toContain('multiple_server_proposal');
    const test = TESTS[0]!;
    const matches = (argument: string) =>
      test.matches(fed.transactions[0]! as never, false, test.parse(argument));
    expect(['alg_enc=12', 'alg_dh=14', 'alg_prf=2', 'alg_hash=4'].map(matches)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('counts messages without an IKE header as errors, and parses later ones', () => {
    const fed = feed()
      .client(message(1, 2, 0, part(10, 'nonce')))
      .server('\xff')
      .server(message(1, 2, 1, part(5, 'x')));
    expect(recordsOf(fed)).toHaveLength(2);
    expect(fed.thread.counters.read('app_layer.error.ike.parser')).toBe(1);
  });

  it('is detected by its version and the fields it requires', () => {
    const longer = concat(message(2, 34, 8, part(40, 'nonce')), u16(0));
    const known = (bytes: Uint8Array) => recordsOf(feed().client(bytes)).length === 1;
    const sent = [message(2, 34, 8), message(2, 12, 8), longer, concat(message(1, 2, 0), u16(0))];
    expect(sent.map(known)).toEqual([true, false, false, true]);
  });

  it('does not parse encrypted payloads, and reports broken chains', () => {
    const encrypted = message(2, 35, 8, part(46, 'secret'));
    encrypted[28] = 35;
    const fed = feed()
      .client(message(2, 34, 8))
      .client(encrypted)
      .client(message(2, 34, 8, part(40, u32(0))).slice(0, 30));
    expect(recordsOf(fed)[1]).toMatchObject({ payload: ['EncryptedAndAuthenticated', 'IdentInitiator'] });
    expect(fed.events).toEqual(['malformed_data']);
  });
});
