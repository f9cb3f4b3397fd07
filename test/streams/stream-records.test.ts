/** EVE records of TCP packets: `stream_tcp`. */
import { describe, expect, it } from 'vitest';
import { type EveRecord, handshake, replay, segment } from './replay.js';

const packets = [
  ...handshake(),
  segment(true, 'PA', 0, 0, 'abc'),
  segment(false, 'A', 0, 3),
  segment(true, 'PA', 0, 0, 'abc'),
];

const recordsWith = async (settings: string): Promise<EveRecord[]> =>
  (await replay({ packets, types: `[alert, stream: { ${settings} }]` })).filter(
    ({ event_type }) => event_type === 'stream_tcp',
  );

describe('stream_tcp', () => {
  it('all: each packet with the state of its session', async () => {
    const records = await recordsWith('all: yes');
    expect(records.map(({ pcap_cnt, stream_tcp }) => [pcap_cnt, stream_tcp.session.state])).toEqual([
      [1, 'syn_sent'],
      [2, 'syn_recv'],
      [3, 'established'],
      [4, 'established'],
      [5, 'established'],
      [6, 'established'],
    ]);
    expect(records[0]).toMatchObject({
      direction: 'to_server',
      stream_tcp: { packet: { len: 40, tcpseq: 100, syn: true, ack: false } },
    });
    expect(records[1]).toMatchObject({ direction: 'to_client', stream_tcp: { packet: { tcpack: 101 } } });
  });

  it('event-set and spurious-retransmission: packets with events', async () => {
    for (const settings of ['event-set: yes', 'spurious-retransmission: yes']) {
      const records = await recordsWith(settings);
      expect(records.map(({ stream_tcp }) => stream_tcp.events)).toEqual([
        ['stream.pkt_spurious_retransmission'],
      ]);
    }
  });

  it('state-update: packets that change the state', async () => {
    const records = await recordsWith('state-update: yes');
    expect(records.map(({ pcap_cnt }) => pcap_cnt)).toEqual([1, 2, 3]);
  });

  it('no records by default', async () => {
    expect(await recordsWith('all: no')).toEqual([]);
  });
});
