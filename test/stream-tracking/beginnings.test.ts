import { describe, expect, it } from 'vitest';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import { REASON_EXCEPTION_FLOW_DROP, REASON_STREAM_MIDSTREAM } from '../../engine/verdict.js';
import { Conversation, step } from './conversation.js';
import { check, HANDSHAKE, type Line } from './lines.js';

describe('several SYN/ACKs', () => {
  const config = (queued: number) => ({ config: { stream: { 'max-synack-queued': queued } } });
  const synAcks = ['> S 0', '< SA 0 1', '< SA 500 1', '< SA 1500 1', '< SA 2500 1'];

  it('the one that matches the ACK is used', () => {
    const conversation = new Conversation(config(5));
    for (const text of synAcks) conversation.feed(step(text));
    expect(conversation.feed(step('> A 1 1501')).state).toBe('established');
    conversation.feed(step('> PA 1 1501 data'));
    conversation.feed(step('< A 1501 5'));
    expect(conversation.toServer).toEqual(['data']);
  });

  it('beyond the configured number are not remembered', () => {
    const conversation = new Conversation(config(2));
    const events = synAcks.map(text => conversation.feed(step(text)).events);
    expect(events[2]).toEqual(['stream.3whs_synack_resend_with_diff_seq']);
    expect(events[3]).toContain('stream.3whs_synack_flood');
    expect(conversation.feed(step('> A 1 1501')).state).toBe('syn_recv');
    expect(conversation.feed(step('> A 1 501')).state).toBe('established');
  });

  it('of several SYNs, the one acknowledged by the SYN/ACK is used', () => {
    const conversation = new Conversation();
    for (const text of ['> S 0', '> S 700', '> S 900', '< SA 0 701', '> A 701 1'])
      conversation.feed(step(text));
    conversation.feed(step('> PA 701 1 hello'));
    expect(conversation.feed(step('< A 1 706')).events).toEqual([]);
    expect(conversation.toServer).toEqual(['hello']);
  });

  it('too many SYNs raise an event', () => {
    const conversation = new Conversation({ config: { stream: { 'max-syn-queued': 2 } } });
    const last = ['> S 0', '> S 10', '> S 20', '> S 30'].map(text => conversation.feed(step(text))).at(-1);
    expect(last!.events).toEqual(['stream.3whs_syn_flood']);
  });
});

describe('Fast Open', () => {
  const syn = step('> S 0 - Hi!', { options: { fastOpen: '' } });

  it('data acknowledged by the SYN/ACK is delivered', () => {
    const conversation = check([
      [syn, 'syn_sent'],
      ['< SA 0 4', 'syn_recv'],
      ['> A 4 1', 'established'],
      ['< PA 1 4 Hello!', 'established'],
      ['> A 4 7', 'established'],
    ]);
    expect([conversation.toServer.join(''), conversation.toClient.join('')]).toEqual(['Hi!', 'Hello!']);
  });

  it('data not acknowledged by the SYN/ACK is left out', () => {
    const conversation = check([
      [syn, 'syn_sent'],
      ['< SA 0 1', 'syn_recv', '3whs_synack_tfo_data_ignored'],
      ['> A 1 1', 'established'],
      ['> PA 1 1 again', 'established'],
      ['< A 1 6', 'established'],
    ]);
    expect(conversation.toServer.join('')).toBe('again');
  });

  it.each(['ids', 'ips'])('a retransmitted SYN/ACK may echo the SYN whose data was refused, %s', mode => {
    const conversation = new Conversation({ config: { 'engine-mode': mode } });
    const timed = (text: string, ts: readonly [number, number], more: object = {}) =>
      conversation.feed(step(text, { options: { ts, ...more } }));
    timed('> S 0 - Hi!', [1000, 0], { fastOpen: 'biscuits' });
    timed('< SA 0 1', [5, 1000]);
    timed('> S 0', [1300, 0]);
    expect(timed('< SA 0 1', [6, 1000])).toMatchObject({ events: [], dropped: false, state: 'syn_recv' });
    timed('> A 1 1', [1301, 6]);
    timed('> PA 1 1 again', [1302, 6]);
    timed('< A 1 6', [7, 1302]);
    expect(conversation.toServer.at(-1)).toBe('again');
  });

  it('inline, data of a SYN that was not acknowledged is not delivered again: it was inspected with the SYN', () => {
    const conversation = check(
      [
        [syn, 'syn_sent'],
        ['< SA 0 1', 'syn_recv', '3whs_synack_tfo_data_ignored'],
        ['> A 1 1', 'established'],
        ['> PA 1 1 Hi!again', 'established'],
        ['< A 1 9', 'established'],
      ],
      new Conversation({ config: { stream: { inline: 'yes' } } }),
    );
    expect(conversation.toServer).toEqual(['Hi!', 'again']);
  });
});

describe('midstream sessions', () => {
  const midstream = (more = {}) => ({ config: { stream: { midstream: 'yes', ...more } } });

  it('are not tracked by default', () => {
    const conversation = new Conversation();
    expect(conversation.feed(step('> PA 1 1 abc')).state).toBe('none');
    expect(conversation.feed(step('< A 1 4')).established).toBe(false);
    expect(conversation.toServer).toEqual([]);
  });

  it('are picked up at data', () => {
    const conversation = new Conversation(midstream());
    check(
      [
        ['> PA 100 200 abc', 'established'],
        ['< PA 200 103 defg', 'established'],
        ['> A 103 204', 'established'],
      ],
      conversation,
    );
    expect([conversation.toServer, conversation.toClient]).toEqual([['abc'], ['defg']]);
    expect(conversation.counter('tcp.midstream_pickups')).toBe(1);
  });

  it('are picked up at a SYN/ACK, which comes from the server', () => {
    const conversation = new Conversation(midstream());
    const first = conversation.feed(step('< SA 0 1'));
    expect([first.state, first.toServer]).toEqual(['syn_recv', false]);
    check(
      [
        ['> A 1 1', 'established'],
        ['> PA 1 1 abc', 'established'],
        ['< A 1 4', 'established'],
      ],
      conversation,
    );
    expect(conversation.toServer).toEqual(['abc']);
    expect(conversation.thread.flows.row[FlowRecord.SERVER_PORT]).toBe(80);
  });

  it("are picked up at data from a system port, which is the server's", () => {
    const conversation = new Conversation(midstream());
    const [first, second] = conversation.feedAll([step('< PA 200 103 defg'), step('> PA 103 204 abc')]);
    expect([first!.toServer, second!.toServer]).toEqual([false, true]);
    conversation.feed(step('< A 204 106'));
    expect([conversation.toServer, conversation.toClient]).toEqual([['abc'], ['defg']]);
  });

  it('reject decreasing timestamps', () => {
    const conversation = new Conversation(midstream());
    const at = (seq: number, ts: number) => step(`> PA ${seq} 20 x`, { options: { ts: [ts, 11] } });
    check(
      [
        [at(10, 10), 'established'],
        [at(11, 2), 'established', 'pkt_invalid_timestamp'],
        [at(11, 12), 'established'],
      ],
      conversation,
    );
  });

  it.each([
    ['may have a window scale', 500, 1_000_000],
    ['has closed its window with data in flight', 0, 60_000],
  ])('may acknowledge data that was not seen: the client %s', (_what, window, unseen) => {
    check(
      [
        [step('> PA 100 200 abc', { window }), 'established'],
        [`> PA 103 ${200 + unseen} def`, 'established'],
        [`< A ${200 + unseen} 106`, 'established'],
      ],
      new Conversation(midstream()),
    );
  });

  it.each([true, false])('have the timestamps of their SYN/ACK: %s', timed => {
    const conversation = new Conversation(midstream());
    conversation.feed(step('< SA 0 1', timed ? { options: { ts: [10, 5] } } : {}));
    conversation.feed(step('> A 1 1'));
    const older = step('< PA 1 1 x', { options: { ts: [-2, 5] } });
    expect(conversation.feed(older).events).toEqual(timed ? ['stream.pkt_invalid_timestamp'] : []);
  });

  it('are tracked with one side only if configured', () => {
    const conversation = new Conversation({ config: { stream: { 'async-oneside': 'yes' } } });
    for (const text of ['> S 0', '> A 1 1', '> PA 1 1 one', '> PA 4 90 two']) conversation.feed(step(text));
    expect(conversation.toServer.join('')).toBe('onetwo');
  });

  it('with one side only have the window scale of its SYN', () => {
    const conversation = new Conversation({ config: { stream: { 'async-oneside': 'yes' } } });
    const window = { window: 100 };
    const packets = [
      step('> S 0', { window: 1000, options: { scale: 7 } }),
      step('> S 0', { port: 40001 }),
      step('> A 1 1', window),
      step('> PA 1 1 one', window),
      step('> A 4 10001', window),
      step('> PA 4 20001 two', window),
    ];
    expect(packets.flatMap(segment => conversation.feed(segment).events)).toEqual([]);
    expect(conversation.toServer.join('')).toBe('onetwo');
  });

  it('with the server only are picked up at its SYN/ACK', () => {
    const conversation = new Conversation({ config: { stream: { midstream: 'yes' } } });
    for (const text of ['< SA 0 1', '< A 1 90', '< PA 1 90 two', '< FA 4 91']) conversation.feed(step(text));
    conversation.end();
    expect(conversation.toClient.join('')).toBe('two');
  });

  it('get the midstream policy', () => {
    const conversation = new Conversation({
      config: { 'engine-mode': 'ips', stream: { 'midstream-policy': 'drop-flow' } },
    });
    const [first, second] = conversation.feedAll([step('> PA 1 1 abc'), step('< A 1 4')]);
    expect([first!.dropped, first!.reason]).toEqual([true, REASON_STREAM_MIDSTREAM]);
    expect([second!.dropped, second!.reason]).toEqual([true, REASON_EXCEPTION_FLOW_DROP]);
    expect(conversation.counter('exception_policy.tcp.midstream.drop_flow')).toBe(1);
  });

  it('are passed to their end by the policy, since no segment can be judged invalid', () => {
    const conversation = new Conversation({
      config: { 'engine-mode': 'ips', stream: { 'midstream-policy': 'pass-flow' } },
    });
    const texts = ['> PA 1 1 abc', '< A 1 4', '> FA 4 1', '< FA 1 5', '> R 5'];
    const outcomes = conversation.feedAll(texts.map(text => step(text)));
    expect(outcomes.map(({ dropped }) => dropped)).toEqual([false, false, false, false, false]);
  });

  it.each([
    ['no', { 'midstream-policy': 'ignore' }, ['> PA 1 1 abc', '< A 1 4', '> FPA 4 1 d', '< FA 1 6']],
    ['yes', { midstream: true }, ['> FA 4 1', '< FA 1 5']],
  ])(
    'may end inline (midstream: %s), since a lost FIN would leave both sides waiting',
    (_, stream, texts) => {
      const conversation = new Conversation({ config: { 'engine-mode': 'ips', stream } });
      const outcomes = conversation.feedAll(texts.map(text => step(text)));
      expect(outcomes.map(({ dropped }) => dropped)).toEqual(texts.map(() => false));
      expect(conversation.events).toContain('stream.fin_but_no_session');
    },
  );

  it.each(['pass-flow', 'pass-packet'])('pass beyond the memcap with policy %s', policy => {
    const conversation = new Conversation({
      config: { 'engine-mode': 'ips', stream: { memcap: 1, 'memcap-policy': policy } },
    });
    const outcomes = conversation.feedAll(['> S 0', '< SA 0 1', '> A 1 1'].map(text => step(text)));
    // A passed packet leaves no state for those behind it: they belong to an unknown session.
    const rest = policy === 'pass-packet';
    expect(outcomes.map(({ dropped }) => dropped)).toEqual([false, rest, rest]);
    expect(conversation.counter('tcp.ssn_memcap_drop')).toBeGreaterThan(0);
  });

  it.each([
    ['ids', 'no', 'drop-flow'],
    ['ids', 'no', 'pass-packet'],
    ['ips', 'no', 'drop-packet'],
    ['ips', 'yes', 'bypass'],
    ['ips', 'yes', 'reject'],
  ])('in %s mode with midstream %s, policy %s is rejected', (mode, allowed, policy) => {
    const config = { 'engine-mode': mode, stream: { midstream: allowed, 'midstream-policy': policy } };
    expect(() => new Conversation({ config })).toThrow(/stream.midstream-policy: .* cannot be used/);
  });
});

describe('reused ports', () => {
  const again: Line[] = [
    ['> S 7000', 'syn_sent'],
    ['< SA 9000 7001', 'syn_recv'],
    ['> A 7001 9001', 'established'],
    ['> PA 7001 9001 new', 'established'],
    ['< A 9001 7004', 'established'],
  ];

  it.each([1, 100])('begin a new flow, with %i segments in a batch', size => {
    const conversation = new Conversation();
    const texts = [
      ...HANDSHAKE,
      '> PA 1 1 old',
      '< A 1 4',
      '< RA 1 4',
      ...again.map(line => line[0] as string),
    ];
    const outcomes = [];
    for (let i = 0; i < texts.length; i += size) {
      outcomes.push(...conversation.feedAll(texts.slice(i, i + size).map(text => step(text))));
    }
    expect(outcomes.map(o => o.flow)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect(conversation.toServer).toEqual(['old', 'new']);
    expect(conversation.counter('flow.tcp_reuse')).toBe(1);
    expect(conversation.thread.flows.row[FlowRecord.END_REASON]).toBe(FlowRecord.REASON_TCP_REUSE);
  });

  it('do not begin a new flow if the session is still open', () => {
    const conversation = new Conversation();
    for (const text of HANDSHAKE) conversation.feed(step(text));
    expect(conversation.feed(step('> S 7000')).flow).toBe(0);
  });
});
