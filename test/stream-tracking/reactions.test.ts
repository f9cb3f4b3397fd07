import { describe, expect, it } from 'vitest';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import { REASON_STREAM_ERROR } from '../../engine/verdict.js';
import { Conversation, step } from './conversation.js';
import { check, established, HANDSHAKE } from './lines.js';

describe('inline', () => {
  const inline = { config: { 'engine-mode': 'ips' } };

  it('does not accept data of the server before the ACK of the client', () => {
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

  it('drops invalid segments by default', () => {
    const run = (config: object) => {
      const conversation = new Conversation({ config: { 'engine-mode': 'ips', ...config } });
      for (const text of HANDSHAKE) conversation.feed(step(text));
      return conversation.feed(step('> PA 70000 1 far'));
    };
    expect(run({})).toMatchObject({ dropped: true, reason: REASON_STREAM_ERROR });
    expect(run({ stream: { 'drop-invalid': 'no' } }).dropped).toBe(false);
  });

  it('passes acknowledged data: the acknowledgment may have been lost behind the sensor', () => {
    const conversation = new Conversation(inline);
    const feed = (text: string) => conversation.feed(step(text));
    for (const text of [...HANDSHAKE, '> PA 1 1 abc', '> PA 4 1 def', '< A 1 7']) feed(text);
    expect(feed('> PA 1 1 abc')).toMatchObject({ dropped: false, state: 'established' });
    feed('> FA 7 1');
    feed('< A 1 8');
    expect(feed('> PA 4 1 def')).toMatchObject({ dropped: false, state: 'close_wait' });
    feed('< FA 1 8');
    expect(feed('> PA 4 1 def')).toMatchObject({ dropped: false, state: 'last_ack' });
    expect(conversation.toServer.join('')).toBe('abcdef');
  });

  it('accepts a retransmission that joins a FIN with data, acknowledged in part', () => {
    const conversation = new Conversation(inline);
    for (const text of [...HANDSHAKE, '> PA 1 1 abc', '< A 1 4']) conversation.feed(step(text));
    expect(conversation.feed(step('> FPA 1 1 abcdef'))).toMatchObject({
      dropped: false,
      state: 'close_wait',
    });
    conversation.feed(step('< A 1 8'));
    expect(conversation.toServer.join('')).toBe('abcdef');
  });

  it('passes an acknowledgment that was overtaken by others, and has an older timestamp', () => {
    const conversation = new Conversation(inline);
    const feed = (text: string, ...ts: [number, number]) =>
      conversation.feed(step(text, { options: { ts } }));
    feed('> S 0', 100, 0);
    feed('< SA 0 1', 200, 100);
    feed('> A 1 1', 101, 200);
    feed('> PA 1 1 abc', 102, 200);
    feed('< PA 1 4 d', 210, 102);
    const events = ['stream.pkt_invalid_timestamp'];
    expect(feed('< A 1 1', 205, 101)).toMatchObject({ dropped: false, events });
    expect(feed('< A 1 5', 205, 101)).toMatchObject({ dropped: true, events });
    feed('> FA 4 2', 103, 210);
    expect(feed('< A 2 4', 206, 102)).toMatchObject({ dropped: false, events });
    expect(feed('< FA 2 4', 206, 102)).toMatchObject({ dropped: true, events });
  });

  it('delivers data with its packet', () => {
    const conversation = new Conversation(inline);
    for (const text of HANDSHAKE) conversation.feed(step(text));
    conversation.feed(step('> PA 1 1 abc'));
    expect(conversation.toServer).toEqual(['abc']);
  });

  it('keeps the state of a session when detection drops its flow', () => {
    const conversation = new Conversation(inline);
    const syn = conversation.feed(step(HANDSHAKE[0]!));
    const { row } = conversation.thread.flows;
    row[syn.flow * FlowRecord.INTS + FlowRecord.ACTION] = FlowRecord.ACTION_DROP;
    for (const text of [...HANDSHAKE.slice(1), '> PA 1 1 abc', '> FA 4 1'])
      expect(conversation.feed(step(text)).state).toBe('syn_sent');
    expect(conversation.toServer).toEqual([]);
  });

  it('continues if the sender of a reset continues', () => {
    const conversation = new Conversation(inline);
    for (const text of [...HANDSHAKE, '> PA 1 1 abc', '> R 4']) conversation.feed(step(text));
    expect(conversation.feed(step('> PA 4 1 def')).events).toEqual(['stream.suspected_rst_inject']);
    expect(conversation.toServer).toEqual(['abc', 'def']);
  });
});

describe('in IDS mode, after a reset', () => {
  const run = (options: object) => {
    const conversation = new Conversation();
    for (const text of HANDSHAKE) conversation.feed(step(text));
    conversation.feed(step('> RA 1 1', options));
    const { events } = conversation.feed(step('> PA 1 1 abc'));
    conversation.feed(step('< A 1 4'));
    return { events, data: conversation.toServer };
  };
  it.each([19, 29])(
    'with a TCP signature (option %i), which may have been rejected, the session continues',
    kind => {
      const signed = { options: { other: [[kind, '00'.repeat(16)]] } };
      expect(run(signed)).toEqual({ events: ['stream.suspected_rst_inject'], data: ['abc'] });
    },
  );
  it('without a signature, the session is closed', () => {
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
  ])('data waiting behind gaps is limited, with policy %s', (policy, dropped, flows) => {
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

  it('sessions are limited by the memcap, with an exception policy', () => {
    const conversation = new Conversation({ config: { stream: { memcap: '512b' } } });
    for (const port of [1, 2, 3]) conversation.feed(step('> S 0', { port }));
    expect(conversation.counter('tcp.sessions')).toBe(2);
    expect(conversation.counter('tcp.ssn_memcap_drop')).toBe(1);
  });

  it('all memory is released at the end', () => {
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

  it('the end of the flow comes after its remaining data', () => {
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
