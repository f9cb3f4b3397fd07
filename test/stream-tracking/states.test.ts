import { describe, expect, it } from 'vitest';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import { Conversation, step } from './conversation.js';
import { check, established, HANDSHAKE, type Line } from './lines.js';

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
      'an ACK of the FIN with a smaller window is not a bad window update',
      [
        ...established,
        ['> FA 1 1', 'close_wait'],
        ['< FA 1 1', 'last_ack'],
        [step('> A 2 2', { window: 1000 }), 'closed'],
      ],
    ],
    [
      'the ACK behind a FIN lies behind a window that the data has filled',
      [
        ['> S 0', 'syn_sent'],
        [step('< SA 0 1', { window: 4 }), 'syn_recv'],
        ['> A 1 1', 'established'],
        ['> PA 1 1 quit', 'established'],
        ['> FA 5 1', 'close_wait'],
        [step('< PA 1 1 bye', { window: 4 }), 'close_wait'],
        ['> A 6 4', 'close_wait'],
        ['> PA 6 4 more', 'close_wait', 'closewait_ack_out_of_window'],
      ],
    ],
    ...(['> S', '< SA', 'neither'] as const).map((offers): [string, Line[]] => [
      `timestamps that not both sides offered say nothing: ${offers}`,
      [
        [step('> S 0', offers === '> S' ? { options: { ts: [100, 0] } } : {}), 'syn_sent'],
        [step('< SA 0 1', offers === '< SA' ? { options: { ts: [100, 0] } } : {}), 'syn_recv'],
        ['> A 1 1', 'established'],
        [step('> PA 1 1 abc', { options: { ts: [-5, 0] } }), 'established'],
        [step('< PA 1 4 abc', { options: { ts: [-5, 0] } }), 'established'],
      ],
    ]),
    [
      'the client resets a previous session that is still open at the server',
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
      'a closed side resets what arrives then',
      [
        ...established,
        ['> FA 1 1', 'close_wait'],
        ['> R 2', 'close_wait'],
        ['< A 1 2', 'close_wait'],
        ['< PA 1 2 abc', 'close_wait'],
        ['> R 2', 'closed'],
      ],
    ],
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
        ['< PA 90000 1 inject', 'syn_recv', '3whs_ack_data_inject'],
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
      'data of the server that has overtaken other data, before the ACK of the client',
      [
        ...established.slice(0, 2),
        ['< PA 3 1 B', 'established', '3whs_ack_data_inject'],
        ['< PA 1 1 AA', 'established'],
      ],
    ],
    [
      'a FIN that has overtaken the ACK of the handshake',
      [
        ...established.slice(0, 2),
        ['> FPA 3 1 B', 'close_wait'],
        ['> PA 1 1 AA', 'close_wait', 'pkt_retransmission'],
      ],
    ],
    [
      'a FIN that joins data of which a part was acknowledged',
      [
        ...established,
        ['> PA 1 1 AA', 'established'],
        ['< A 1 3', 'established'],
        ['> FPA 1 1 AAB', 'close_wait'],
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
      'a window that shrinks with unexpected numbers',
      [...established, [step('> A 9000 9000', { window: 1 }), 'established', 'pkt_bad_window_update']],
    ],
  ];
  it.each(tables)('%s', (_name, lines) => {
    check(lines);
  });
});

/** Events are listed in the order of their numbers. */
function sorted([segment, state, ...events]: Line): Line {
  const order = ['closewait_invalid_ack', 'est_invalid_ack', 'pkt_invalid_ack'];
  return [segment, state, ...events.sort((a, b) => order.indexOf(a) - order.indexOf(b))];
}

describe('windows and sequence numbers', () => {
  it.each([0, 1, 2 ** 31 - 10, 2 ** 32 - 11])(
    'data is read across the wrap of sequence numbers: ISN %i',
    isn => {
      const conversation = new Conversation({}, { client: isn, server: isn });
      for (const text of HANDSHAKE) conversation.feed(step(text));
      for (let i = 0; i < 8; i++) {
        conversation.feed(step(`> PA ${1 + i * 4} 1 ${i}bcd`));
        conversation.feed(step(`< A 1 ${5 + i * 4}`));
      }
      expect(conversation.events).toEqual([]);
      expect(conversation.toServer.join('')).toBe('0bcd1bcd2bcd3bcd4bcd5bcd6bcd7bcd');
    },
  );

  it('the window is scaled if both sides offer to', () => {
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
  it('is set for packets behind the handshake, and the ACK with data that completes it', () => {
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

it('segments with a wrong checksum are skipped', () => {
  const conversation = new Conversation();
  for (const text of HANDSHAKE) conversation.feed(step(text));
  conversation.feed(step('> PA 1 1 BAD', { badChecksum: true }));
  conversation.feed(step('> PA 1 1 ok!'));
  conversation.feed(step('< A 1 4'));
  expect(conversation.toServer).toEqual(['ok!']);
  expect(conversation.counter('tcp.invalid_checksum')).toBe(1);
});

it('sessions are counted in the statistics', () => {
  const conversation = new Conversation();
  for (const text of [...HANDSHAKE, '> R 1']) conversation.feed(step(text));
  const names = ['tcp.sessions', 'tcp.syn', 'tcp.synack', 'tcp.rst'];
  expect(names.map(name => conversation.counter(name))).toEqual([1, 1, 1, 1]);
  const f = FlowRecord.TCP_FLAGS_TO_SERVER;
  expect(conversation.thread.flows.row[f]).toBe(2 | 16 | 4);
});

it.each([1, 5])('a packet with a wrong checksum has the state established, too (batches of %i)', size => {
  const conversation = new Conversation();
  const steps = [
    step('> S 0'),
    step('< SA 0 1'),
    step('> A 1 1'),
    step('> PA 1 1 hello', { badChecksum: true }),
    step('< A 1 1'),
  ];
  const outcomes = size === 1 ? steps.flatMap(each => conversation.feed(each)) : conversation.feedAll(steps);
  expect(outcomes.map(({ established }) => established)).toEqual([false, false, false, true, true]);
  conversation.end();
  expect(conversation.toServer).toEqual([]);
});
