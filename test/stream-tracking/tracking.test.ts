import { describe, expect, it } from 'vitest';
import * as FlowRecord from '../../engine/flow-record.js';
import * as Packet from '../../engine/packet.js';
import {
  REASON_EXCEPTION_FLOW_DROP,
  REASON_STREAM_ERROR,
  REASON_STREAM_MIDSTREAM,
} from '../../engine/verdict.js';
import { Conversation, type Step, step } from './conversation.js';

const HANDSHAKE = ['> S 0', '< SA 0 1', '> A 1 1'];

/** Each line: a segment, and the state and events after it. */
type Line = [segment: string | Step, state: string, ...events: string[]];

function check(lines: Line[], conversation = new Conversation()): Conversation {
  for (const [segment, state, ...events] of lines) {
    const given = typeof segment === 'string' ? step(segment) : segment;
    const outcome = conversation.feed(given);
    expect([segment, outcome.state, ...outcome.events]).toEqual([
      segment,
      state,
      ...events.map(e => `stream.${e}`),
    ]);
  }
  return conversation;
}

const established: Line[] = [
  ['> S 0', 'syn_sent'],
  ['< SA 0 1', 'syn_recv'],
  ['> A 1 1', 'established'],
];

describe('states', () => {
  const tables: [string, Line[]][] = [
    [
      'the client closes first',
      [
        ...established,
        ['> FA 1 1', 'close_wait'],
        ['< A 1 2', 'close_wait'],
        ['< FA 1 2', 'last_ack'],
        ['> A 2 2', 'closed'],
      ],
    ],
    [
      'the server closes first',
      [
        ...established,
        ['< FA 1 1', 'fin_wait1'],
        ['> A 1 2', 'fin_wait2'],
        ['> FA 1 2', 'time_wait'],
        ['< A 2 2', 'closed'],
      ],
    ],
    [
      'both close at once',
      [
        ...established,
        ['< FA 1 1', 'fin_wait1'],
        ['> FA 1 1', 'closing'],
        ['< A 2 2', 'time_wait'],
        ['> A 2 2', 'closed'],
      ],
    ],
    [
      'the server refuses',
      [
        ['> S 0', 'syn_sent'],
        ['< RA 0 1', 'closed'],
      ],
    ],
    [
      'the client closes while the server still speaks',
      [
        ...established,
        ['> PA 1 1 quit', 'established'],
        ['> FA 5 1', 'close_wait'],
        ['< PA 1 5 bye', 'close_wait'],
        ['< FA 4 5', 'last_ack'],
        ['> A 6 5', 'closed'],
        ['< A 5 6', 'closed'],
      ],
    ],
    [
      'an acknowledgment of the FIN that grants less is no window update from nowhere',
      [
        ...established,
        ['> FA 1 1', 'close_wait'],
        ['< FA 1 1', 'last_ack'],
        [step('> A 2 2', { window: 1000 }), 'closed'],
      ],
    ],
    [
      'the client resets what the server has left of a session before',
      [
        ['> S 0', 'syn_sent'],
        ['< A 7000 900000', 'syn_sent'],
        ['> R 900000', 'syn_sent'],
        ['> S 0', 'syn_sent'],
        ['< SA 0 1', 'syn_recv'],
        ['> A 1 1', 'established'],
      ],
    ],
    ['a reset ends the session', [...established, ['> PA 1 1 abc', 'established'], ['< R 1', 'closed']]],
    [
      'a handshake of four packets',
      [
        ['> S 0', 'syn_sent'],
        ['< S 0', 'syn_sent'],
        ['> SA 0 1', 'syn_recv'],
        ['< A 1 1', 'established'],
        ['> A 1 1 EVIL', 'established'],
      ],
    ],
    [
      'the ACK of the handshake was lost',
      [
        ['> S 0', 'syn_sent'],
        ['< SA 0 1', 'syn_recv'],
        ['> PA 1 1 data', 'established'],
      ],
    ],
    [
      'the ACK of the handshake was not seen',
      [
        ['> S 0', 'syn_sent'],
        ['< SA 0 1', 'syn_recv'],
        ['< A 1 5', 'established'],
      ],
    ],
  ];
  it.each(tables)('%s', (_name, lines) => {
    check(lines);
  });
});

describe('segments that do not fit', () => {
  const tables: [string, Line[]][] = [
    ['FIN without a session', [['> FA 1 1', 'none', 'fin_but_no_session']]],
    ['RST without a session', [['> R 1', 'none', 'rst_but_no_session']]],
    [
      'SYN/ACK that acknowledges nothing',
      [
        ['> S 0', 'syn_sent'],
        ['< SA 0 77', 'syn_sent', '3whs_synack_with_wrong_ack'],
      ],
    ],
    [
      'SYN/ACK from the client',
      [
        ['> S 0', 'syn_sent'],
        ['> SA 0 1', 'syn_sent', '3whs_synack_in_wrong_direction'],
      ],
    ],
    [
      'in SYN_RECV',
      [
        ...established.slice(0, 2),
        ['> SA 0 1', 'syn_recv', '3whs_synack_toserver_on_syn_recv'],
        ['< SA 0 9', 'syn_recv', '3whs_synack_resend_with_different_ack'],
        ['< S 0', 'syn_recv', '3whs_syn_toclient_on_syn_recv'],
        ['> S 7', 'syn_recv', '3whs_syn_resend_diff_seq_on_syn_recv'],
        ['> A 9000 90000', 'syn_recv', '3whs_wrong_seq_wrong_ack'],
        ['< PA 3 1 inject', 'syn_recv', '3whs_ack_data_inject'],
        ['> A 1 9', 'syn_recv', '3whs_right_seq_wrong_ack_evasion'],
        ['> A 1 1', 'established'],
      ],
    ],
    [
      'data of the server before the ACK of the client',
      [
        ...established.slice(0, 2),
        ['< PA 1 1 220', 'established', '3whs_ack_data_inject'],
        ['> A 1 4', 'established'],
      ],
    ],
    [
      'in ESTABLISHED',
      [
        ...established,
        ['< S 0', 'established', 'est_syn_toclient'],
        ['< SA 0 1', 'established'],
        ['< SA 0 2', 'established', 'est_synack_resend_with_different_ack'],
        ['< SA 9 1', 'established', 'est_synack_resend_with_diff_seq'],
        ['> PA 1 1 abc', 'established'],
        ['< A 1 4', 'established'],
        ['< SA 0 4', 'established', 'est_synack_resend'],
        ['> PA 70000 1 far', 'established', 'est_packet_out_of_window'],
        ['> PA 4 1000000 x', 'established', 'pkt_invalid_ack', 'est_invalid_ack'],
      ]
        .map(line => line as Line)
        .map(sorted),
    ],
    [
      'while closing',
      [
        ...established,
        ['> FA 1 1', 'close_wait'],
        ['> S 0', 'close_wait', 'shutdown_syn_resend'],
        ['< A 1 99999999', 'close_wait', 'closewait_invalid_ack', 'pkt_invalid_ack'] as Line,
        ['< PA 99999999 2 x', 'close_wait', 'closewait_ack_out_of_window'],
      ]
        .map(line => line as Line)
        .map(sorted),
    ],
    [
      'a window that shuts from nowhere',
      [...established, [step('> A 9000 9000', { window: 1 }), 'established', 'pkt_bad_window_update']],
    ],
  ];
  it.each(tables)('%s', (_name, lines) => {
    check(lines);
  });
});

/** Events come in the order of their numbers. */
function sorted([segment, state, ...events]: Line): Line {
  const order = ['closewait_invalid_ack', 'est_invalid_ack', 'pkt_invalid_ack'];
  return [segment, state, ...events.sort((a, b) => order.indexOf(a) - order.indexOf(b))];
}

describe('several SYN/ACKs', () => {
  const config = (queued: number) => ({ config: { stream: { 'max-synack-queued': queued } } });
  const synAcks = ['> S 0', '< SA 0 1', '< SA 500 1', '< SA 1500 1', '< SA 2500 1'];

  it('takes the one that the ACK fits', () => {
    const conversation = new Conversation(config(5));
    for (const text of synAcks) conversation.feed(step(text));
    expect(conversation.feed(step('> A 1 1501')).state).toBe('established');
    conversation.feed(step('> PA 1 1501 data'));
    conversation.feed(step('< A 1501 5'));
    expect(conversation.toServer).toEqual(['data']);
  });

  it('keeps no more than it may', () => {
    const conversation = new Conversation(config(2));
    const events = synAcks.map(text => conversation.feed(step(text)).events);
    expect(events[2]).toEqual(['stream.3whs_synack_resend_with_diff_seq']);
    expect(events[3]).toContain('stream.3whs_synack_flood');
    expect(conversation.feed(step('> A 1 1501')).state).toBe('syn_recv');
    expect(conversation.feed(step('> A 1 501')).state).toBe('established');
  });

  it('takes the SYN that the SYN/ACK acknowledges', () => {
    const conversation = new Conversation();
    for (const text of ['> S 0', '> S 700', '> S 900', '< SA 0 701', '> A 701 1'])
      conversation.feed(step(text));
    conversation.feed(step('> PA 701 1 hello'));
    expect(conversation.feed(step('< A 1 706')).events).toEqual([]);
    expect(conversation.toServer).toEqual(['hello']);
  });

  it('says so when there are too many SYNs', () => {
    const conversation = new Conversation({ config: { stream: { 'max-syn-queued': 2 } } });
    const last = ['> S 0', '> S 10', '> S 20', '> S 30'].map(text => conversation.feed(step(text))).at(-1);
    expect(last!.events).toEqual(['stream.3whs_syn_flood']);
  });
});

describe('Fast Open', () => {
  const syn = step('> S 0 - Hi!', { options: { fastOpen: '' } });

  it('takes the data that the SYN/ACK acknowledges', () => {
    const conversation = check([
      [syn, 'syn_sent'],
      ['< SA 0 4', 'syn_recv'],
      ['> A 4 1', 'established'],
      ['< PA 1 4 Hello!', 'established'],
      ['> A 4 7', 'established'],
    ]);
    expect([conversation.toServer.join(''), conversation.toClient.join('')]).toEqual(['Hi!', 'Hello!']);
  });

  it('leaves out data that it does not', () => {
    const conversation = check([
      [syn, 'syn_sent'],
      ['< SA 0 1', 'syn_recv', '3whs_synack_tfo_data_ignored'],
      ['> A 1 1', 'established'],
      ['> PA 1 1 again', 'established'],
      ['< A 1 6', 'established'],
    ]);
    expect(conversation.toServer.join('')).toBe('again');
  });
});

describe('sessions whose beginning was not seen', () => {
  const midstream = (more = {}) => ({ config: { stream: { midstream: 'yes', ...more } } });

  it('are not tracked by default', () => {
    const conversation = new Conversation();
    expect(conversation.feed(step('> PA 1 1 abc')).state).toBe('none');
    expect(conversation.feed(step('< A 1 4')).established).toBe(false);
    expect(conversation.toServer).toEqual([]);
  });

  it('are picked up by data', () => {
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

  it('are picked up by a SYN/ACK, which comes from the server', () => {
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

  it('are picked up by data from a port of the system range, which is the server', () => {
    const conversation = new Conversation(midstream());
    const [first, second] = conversation.feedAll([step('< PA 200 103 defg'), step('> PA 103 204 abc')]);
    expect([first!.toServer, second!.toServer]).toEqual([false, true]);
    conversation.feed(step('< A 204 106'));
    expect([conversation.toServer, conversation.toClient]).toEqual([['abc'], ['defg']]);
  });

  it('go on with timestamps that do not fall', () => {
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

  it('are tracked from one side only when told so', () => {
    const conversation = new Conversation({ config: { stream: { 'async-oneside': 'yes' } } });
    for (const text of ['> S 0', '> A 1 1', '> PA 1 1 one', '> PA 4 90 two']) conversation.feed(step(text));
    expect(conversation.toServer.join('')).toBe('onetwo');
  });

  it('are picked up from the server alone by its SYN/ACK', () => {
    const conversation = new Conversation({ config: { stream: { midstream: 'yes' } } });
    for (const text of ['< SA 0 1', '< A 1 90', '< PA 1 90 two', '< FA 4 91']) conversation.feed(step(text));
    conversation.end();
    expect(conversation.toClient.join('')).toBe('two');
  });

  it('fall under the policy for them', () => {
    const conversation = new Conversation({
      config: { 'engine-mode': 'ips', stream: { 'midstream-policy': 'drop-flow' } },
    });
    const [first, second] = conversation.feedAll([step('> PA 1 1 abc'), step('< A 1 4')]);
    expect([first!.dropped, first!.reason]).toEqual([true, REASON_STREAM_MIDSTREAM]);
    expect([second!.dropped, second!.reason]).toEqual([true, REASON_EXCEPTION_FLOW_DROP]);
    expect(conversation.counter('exception_policy.tcp.midstream.drop_flow')).toBe(1);
  });

  it.each([
    ['ids', 'no', 'drop-flow'],
    ['ids', 'no', 'pass-packet'],
    ['ips', 'no', 'drop-packet'],
    ['ips', 'yes', 'bypass'],
    ['ips', 'yes', 'reject'],
  ])('in %s mode, midstream %s: policy %s is not possible', (mode, allowed, policy) => {
    const config = { 'engine-mode': mode, stream: { midstream: allowed, 'midstream-policy': policy } };
    expect(() => new Conversation({ config })).toThrow(/stream.midstream-policy: .* is not possible/);
  });
});

describe('ports used again', () => {
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

  it('do not when the session is still open', () => {
    const conversation = new Conversation();
    for (const text of HANDSHAKE) conversation.feed(step(text));
    expect(conversation.feed(step('> S 7000')).flow).toBe(0);
  });
});

describe('windows and numbers', () => {
  it.each([0, 1, 2 ** 31 - 10, 2 ** 32 - 11])('data crosses the end of the number space: ISN %i', isn => {
    const conversation = new Conversation({}, { client: isn, server: isn });
    for (const text of HANDSHAKE) conversation.feed(step(text));
    for (let i = 0; i < 8; i++) {
      conversation.feed(step(`> PA ${1 + i * 4} 1 ${i}bcd`));
      conversation.feed(step(`< A 1 ${5 + i * 4}`));
    }
    expect(conversation.events).toEqual([]);
    expect(conversation.toServer.join('')).toBe('0bcd1bcd2bcd3bcd4bcd5bcd6bcd7bcd');
  });

  it('scales the window when both sides offer to', () => {
    const run = (client: object, server: object) => {
      const conversation = new Conversation();
      conversation.feed(step('> S 0', { options: client, window: 1000 }));
      conversation.feed(step('< SA 0 1', { options: server, window: 1000 }));
      conversation.feed(step('> A 1 1', { window: 1000 }));
      conversation.feed(step('< A 1 1', { window: 1000 }));
      return conversation.feed(step('> PA 7000 1 far')).events;
    };
    expect(run({ scale: 3 }, { scale: 3 })).toEqual([]);
    expect(run({ scale: 3 }, {})).toEqual(['stream.est_packet_out_of_window']);
    expect(run({}, { scale: 3 })).toEqual(['stream.est_packet_out_of_window']);
  });
});

describe('established', () => {
  it('counts packets behind the handshake, and the ACK with data that completes it', () => {
    const flags = (texts: string[]) => {
      const conversation = new Conversation();
      return texts.map(text => conversation.feed(step(text)).established);
    };
    expect(flags([...HANDSHAKE, '> PA 1 1 x'])).toEqual([false, false, false, true]);
    expect(flags(['> S 0', '< SA 0 1', '> PA 1 1 x'])).toEqual([false, false, true]);
  });

  it('sets the state of the flow', () => {
    const conversation = new Conversation();
    const states = [...HANDSHAKE, '> R 1'].map(text => conversation.feed(step(text)).flowState);
    const { STATE_NEW, STATE_ESTABLISHED, STATE_CLOSED } = FlowRecord;
    expect(states).toEqual([STATE_NEW, STATE_NEW, STATE_ESTABLISHED, STATE_CLOSED]);
  });
});

describe('inline', () => {
  const inline = { config: { 'engine-mode': 'ips' } };

  it('does not take data of the server before the ACK of the client', () => {
    check(
      [
        ...established.slice(0, 2),
        ['< PA 1 1 220', 'syn_recv', '3whs_ack_data_inject'],
        ['> A 1 1', 'established'],
        ['< PA 1 1 220', 'established'],
      ],
      new Conversation(inline),
    );
  });

  it('drops what is not valid, unless told otherwise', () => {
    const run = (config: object) => {
      const conversation = new Conversation({ config: { 'engine-mode': 'ips', ...config } });
      for (const text of HANDSHAKE) conversation.feed(step(text));
      return conversation.feed(step('> PA 70000 1 far'));
    };
    expect(run({})).toMatchObject({ dropped: true, reason: REASON_STREAM_ERROR });
    expect(run({ stream: { 'drop-invalid': 'no' } }).dropped).toBe(false);
  });

  it('hands data on with its packet', () => {
    const conversation = new Conversation(inline);
    for (const text of HANDSHAKE) conversation.feed(step(text));
    conversation.feed(step('> PA 1 1 abc'));
    expect(conversation.toServer).toEqual(['abc']);
  });

  it('goes on when the sender of a reset does', () => {
    const conversation = new Conversation(inline);
    for (const text of [...HANDSHAKE, '> PA 1 1 abc', '> R 4']) conversation.feed(step(text));
    expect(conversation.feed(step('> PA 4 1 def')).events).toEqual(['stream.suspected_rst_inject']);
    expect(conversation.toServer).toEqual(['abc', 'def']);
  });
});

describe('after the fact, after a reset', () => {
  const run = (options: object) => {
    const conversation = new Conversation();
    for (const text of HANDSHAKE) conversation.feed(step(text));
    conversation.feed(step('> RA 1 1', options));
    const { events } = conversation.feed(step('> PA 1 1 abc'));
    conversation.feed(step('< A 1 4'));
    return { events, data: conversation.toServer };
  };
  it.each([19, 29])('a signature (option %i) may have been refused: the session goes on', kind => {
    const signed = { options: { other: [[kind, '00'.repeat(16)]] } };
    expect(run(signed)).toEqual({ events: ['stream.suspected_rst_inject'], data: ['abc'] });
  });
  it('without a signature it is over', () => {
    expect(run({})).toEqual({ events: [], data: [] });
  });
});

describe('urgent data', () => {
  const run = (policy: string) => {
    const conversation = new Conversation({ config: { stream: { reassembly: { urgent: { policy } } } } });
    for (const text of [...HANDSHAKE, '> PA 1 1 mali']) conversation.feed(step(text));
    const outcome = conversation.feed(step('> PAU 5 1 cX', { urgent: 2 }));
    conversation.feed(step('> PA 7 1 ious'));
    conversation.feed(step('> PA 7 1 ious'));
    conversation.feed(step('< A 1 11'));
    return { text: conversation.toServer.join('|'), dropped: outcome.dropped };
  };
  it.each([
    ['inline', 'malicXious'],
    ['oob', 'malicious'],
    ['gap', 'malic|ious'],
  ])('%s', (policy, text) => {
    expect(run(policy)).toEqual({ text, dropped: false });
  });
  it('drop', () => {
    expect(run('drop')).toEqual({ text: 'mali|ious', dropped: true });
  });
});

describe('memory', () => {
  it.each([
    ['ignore', false, 0],
    ['drop-packet', true, 0],
    ['drop-flow', true, 1],
  ])('limits what waits behind holes: %s', (policy, dropped, flows) => {
    const reassembly = { 'max-out-of-order-packets': 1, 'out-of-order-policy': policy };
    const conversation = new Conversation({ config: { 'engine-mode': 'ips', stream: { reassembly } } });
    const lines = ['> S 0', '< SA 0 1', '> A 1 1', '> PA 5 1 abc', '> PA 20 1 def', '> PA 1 1 wxyz'];
    const outcomes = lines.map(line => conversation.feed(step(line)));
    expect(outcomes.map(({ dropped: was }) => was)).toEqual([
      false,
      false,
      false,
      false,
      dropped,
      flows === 1,
    ]);
    expect(conversation.counter('tcp.out_of_order_limit')).toBe(1);
    expect(outcomes[4]!.events).toContain('stream.reassembly_insert_limit');
  });

  it('is bounded, with an exception policy', () => {
    const conversation = new Conversation({ config: { stream: { memcap: '512b' } } });
    for (const port of [1, 2, 3]) conversation.feed(step('> S 0', { port }));
    expect(conversation.counter('tcp.sessions')).toBe(2);
    expect(conversation.counter('tcp.ssn_memcap_drop')).toBe(1);
  });

  it('is given back at the end', () => {
    const conversation = new Conversation();
    for (const text of [...HANDSHAKE, '> PA 1 1 abc', '> PA 9 1 def', '< SA 77 1'])
      conversation.feed(step(text));
    conversation.end();
    expect(conversation.counter('tcp.active_sessions')).toBe(0);
    expect(conversation.counter('tcp.memuse')).toBe(0);
    expect(conversation.thread.pool.idle).toBe(true);
    expect(conversation.toServer.join('|')).toBe('abc|def');
    expect([...conversation.ended].sort()).toEqual(['<', '>']);
  });

  it('lets the end of the flow come last', () => {
    const conversation = new Conversation();
    for (const text of [...HANDSHAKE, '> PA 1 1 abc', '> PA 9 1 def']) conversation.feed(step(text));
    expect(conversation.endKinds()).toEqual([
      Packet.PSEUDO_STREAM,
      Packet.PSEUDO_STREAM,
      Packet.PSEUDO_STREAM,
      Packet.PSEUDO_FLOW_END,
    ]);
  });
});

it('leaves segments with a wrong checksum out', () => {
  const conversation = new Conversation();
  for (const text of HANDSHAKE) conversation.feed(step(text));
  conversation.feed(step('> PA 1 1 BAD', { badChecksum: true }));
  conversation.feed(step('> PA 1 1 ok!'));
  conversation.feed(step('< A 1 4'));
  expect(conversation.toServer).toEqual(['ok!']);
  expect(conversation.counter('tcp.invalid_checksum')).toBe(1);
});

it('counts as the statistics do', () => {
  const conversation = new Conversation();
  for (const text of [...HANDSHAKE, '> R 1']) conversation.feed(step(text));
  const names = ['tcp.sessions', 'tcp.syn', 'tcp.synack', 'tcp.rst'];
  expect(names.map(name => conversation.counter(name))).toEqual([1, 1, 1, 1]);
  const f = FlowRecord.TCP_FLAGS_TO_SERVER;
  expect(conversation.thread.flows.row[f]).toBe(2 | 16 | 4);
});
