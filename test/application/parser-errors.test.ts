/** What happens to a flow after a parser error: `app-layer.error-policy`. */
import { describe, expect, it } from 'vitest';
import * as Flow from '../../engine/flow/flow-record.js';
import type { Protocol } from '../../engine/protocol.js';
import { Feed } from './feed.js';
import { toy } from './toy.js';

const strict: Protocol = {
  ...(toy as unknown as Protocol),
  *client(session) {
    yield* session.client.readUntil(10);
  },
};
const ALL = { 'exception-policy': { 'per-app-proto-errors': true } };

function simulated(policy: string, inline = false): Feed {
  const config = {
    'app-layer': { 'error-policy': policy },
    simulate: { 'applayer-error-at-offset-ts': 0 },
    stats: ALL,
  };
  return new Feed([toy], { config, inline }).client('TOY one\n').client('two\n').end();
}

describe('app-layer.error-policy', () => {
  it.each([
    ['drop-flow', true, Flow.FLAG_DROPPED],
    ['reject', true, Flow.FLAG_DROPPED | Flow.RESET_CLIENT],
    ['pass-flow', false, Flow.FLAG_PASSED],
    ['bypass', false, Flow.FLAG_BYPASSED],
    ['pass-packet', false, 0],
    ['drop-packet', true, 0],
    ['drop-flow', false, 0],
    ['auto', true, Flow.FLAG_DROPPED],
    ['auto', false, 0],
  ])('%s (inline: %s)', (policy, inline, flags) => {
    const feed = simulated(policy, inline);
    expect(feed.flow(Flow.FLAGS)).toBe(flags);
    expect(feed.flow(Flow.EXCEPTIONS)).not.toBe(0);
    expect(feed.records).toEqual([]);
  });

  it.each([
    ['drop-flow', true, false],
    ['pass-flow', false, false],
    ['bypass', false, false],
    ['pass-packet', false, true],
    ['ignore', false, true],
  ])(
    '%s (inline: %s) decides whether the next packet is inspected, in the same batch or not',
    (policy, inline, inspected) => {
      expect(simulated(policy, inline).inspected.at(-1)).toBe(inspected);
    },
  );

  it('is counted in total and for the protocol, once a flow', () => {
    const { counters } = simulated('pass-packet').thread;
    expect(counters.read('app_layer.error.toy.parser')).toBe(1);
    expect(counters.read('exception_policy.app_layer.error.pass_packet')).toBe(1);
    expect(counters.read('app_layer.error.toy.exception_policy.pass_packet')).toBe(1);
    expect(counters.read('app_layer.error.toy.exception_policy.drop_packet')).toBe(0);
  });

  it('applies to a gap if the parser cannot continue behind it', () => {
    const config = { 'app-layer': { 'error-policy': 'drop-flow' } };
    const feed = new Feed([strict], { config, inline: true }).client('TOY o').gap(true, 4).client('x\n');
    expect(feed.flow(Flow.FLAGS)).toBe(Flow.FLAG_DROPPED);
    expect(feed.thread.counters.read('app_layer.error.toy.gap')).toBe(1);
    expect(feed.thread.counters.read('app_layer.error.toy.parser')).toBe(0);
  });

  it('applies to a gap before the protocol is known, once it is known', () => {
    const config = { 'app-layer': { 'error-policy': 'drop-flow' } };
    const feed = new Feed([strict], { config, inline: true }).gap(true, 4).server('toy x\n');
    expect(feed.flow(Flow.FLAGS)).toBe(0);
    feed.client('x\n');
    expect(feed.flow(Flow.FLAGS)).toBe(Flow.FLAG_DROPPED);
  });
});

describe('a parser that throws', () => {
  const broken: Protocol = {
    ...(toy as unknown as Protocol),
    *client(session) {
      yield* session.client.readUntil(10);
      throw new Error('a mistake');
    },
  };

  it('is counted as an internal error and as a parser error', () => {
    const { counters } = new Feed([broken]).client('TOY one\n').end().thread;
    expect(counters.read('app_layer.error.toy.internal')).toBe(1);
    expect(counters.read('app_layer.error.toy.parser')).toBe(1);
    expect(simulated('ignore').thread.counters.read('app_layer.error.toy.internal')).toBe(0);
  });
});
