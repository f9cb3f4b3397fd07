import { describe, expect, it } from 'vitest';
import { readDictionary } from '../../../modules/app/bittorrent-dht/bencode.js';
import dht from '../../../modules/app/bittorrent-dht.js';
import { Feed } from '../../application/feed.js';

const ID = 'abcdefghij0123456789';
const HEX = Buffer.from(ID).toString('hex');
const feed = (): Feed => new Feed([dht], { serverPort: 30000, transport: 'udp' });
const recordsOf = (fed: Feed) => fed.end().records.map(record => record.bittorrent_dht);

describe('bittorrent-dht', () => {
  it('logs queries, responses and errors', () => {
    const fed = feed()
      .client(`d1:ad2:id20:${ID}9:info_hash20:${ID}4:porti6881ee1:q9:get_peers1:t2:aa1:v4:UT011:y1:qe`)
      .server(
        `d1:rd2:id20:${ID}5:nodes26:${ID}\x0a\0\0\x01\x1a\xe15:token2:xy6:valuesl6:\x0a\0\0\x02\x1a\xe1ee1:t2:aa1:y1:re`,
      )
      .server('d1:eli201e4:Oopse1:t2:aa1:y1:ee');
    expect(recordsOf(fed)).toEqual([
      {
        transaction_id: '6161',
        client_version: '55543031',
        request_type: 'get_peers',
        request: { id: HEX, info_hash: HEX, port: 6881 },
      },
      {
        transaction_id: '6161',
        response: {
          id: HEX,
          nodes: [{ id: HEX, ip: '10.0.0.1', port: 6881 }],
          values: [{ ip: '10.0.0.2', port: 6881 }],
          token: '7879',
        },
      },
      { transaction_id: '6161', error: { num: 201, msg: 'Oops' } },
    ]);
    expect(fed.events).toEqual([]);
  });

  it('reports messages with missing members', () => {
    const fed = feed().client(`d1:ad2:id20:${ID}e1:q4:ping1:y1:qe`).client('d1:ad2:id20:short');
    expect(recordsOf(fed)).toEqual([
      { transaction_id: '', request_type: 'ping', request: { id: HEX } },
      { transaction_id: '' },
    ]);
    expect(fed.events).toEqual(['malformed_packet', 'malformed_packet']);
  });

  it('rejects messages that are nested too deeply, or truncated', () => {
    const read = (text: string) => readDictionary(Buffer.from(text), 0, text.length);
    expect(read(`d1:a${'l'.repeat(1000)}${'e'.repeat(1000)}e`)).toBeUndefined();
    expect(read('d1:ai-3ee')?.get('a')).toBe(-3);
    for (const wrong of ['d', 'd1:a', 'd1:ai3', 'd1:ai3e', 'd1:a99999999999999999999:e', 'd1:alee1', 'le'])
      expect([wrong, read(wrong)?.size]).toEqual([wrong, wrong === 'd1:alee1' ? 1 : undefined]);
  });
});
