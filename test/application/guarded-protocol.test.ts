/**
 * Guarded parsers of plugins: if one does not return or throws, only its own protocol is disabled, and the thread
 * continues.
 */
import { expect, it } from 'vitest';
import { guardedProtocol } from '../../engine/application/guarded-protocol.js';
import { openGuard } from '../../engine/detection/guard.js';
import type { Protocol } from '../../engine/protocol.js';

/** A time limit that a parser that works does not reach on the busiest machine. */
const LONG_ENOUGH = 60_000;

function guarded(parts: Partial<Protocol>, milliseconds = LONG_ENOUGH) {
  const messages: string[] = [];
  const thread = { name: 'worker', warnOnce: (text: string) => void messages.push(text) };
  const protocol = { name: 'plugin', recognition: {}, ...parts } as Protocol;
  return { messages, protocol: guardedProtocol(protocol, openGuard(milliseconds), milliseconds, thread) };
}

const session = {} as never;

it('a guard passes calls, data and results to and from the parser', () => {
  const seen: unknown[] = [];
  const { protocol, messages } = guarded({
    *client() {
      seen.push('first');
      yield;
      seen.push('second');
    },
    datagram: (_, bytes, start, end, toServer) => void seen.push([bytes.length, start, end, toServer]),
    recognition: { ports: { tcp: [7] }, probe: (_, start, end) => (end > start ? 'yes' : 'more') },
  });
  const routine = protocol.client!(session);
  expect([routine.next().done, routine.next().done]).toEqual([false, true]);
  protocol.datagram!(session, new Uint8Array(3), 1, 2, true);
  expect(seen).toEqual(['first', 'second', [3, 1, 2, true]]);
  expect(protocol.recognition.ports).toEqual({ tcp: [7] });
  expect(protocol.recognition.probe!(new Uint8Array(2), 0, 2, true, 'tcp')).toBe('yes');
  expect(messages).toEqual([]);
  // If the parser has no server routine, neither has its guard.
  expect(protocol.server).toBe(undefined);
});

it('a parser that does not return is stopped, disabled and not called again', () => {
  let asked = 0;
  const parser: Partial<Protocol> = {
    *client() {
      asked++;
      yield;
      for (;;);
    },
    recognition: { probe: () => 'yes' },
  };
  const { protocol, messages } = guarded(parser, 500);
  const stuck = protocol.client!(session);
  expect(stuck.next().done).toBe(false);
  expect(() => stuck.next()).toThrow('parser plugin is disabled');
  expect(() => protocol.client!(session).next()).toThrow('parser plugin is disabled');
  expect(protocol.recognition.probe!(new Uint8Array(2), 0, 2, true, 'tcp')).toBe('no');
  expect(asked).toBe(1);
  expect(messages).toEqual([
    'parser plugin is disabled in thread worker: it did not return within 500 ms (app-layer.plugin-turn-time)',
  ]);
});

it('the first errors are reported with their position, and other flows continue', () => {
  let count = 0;
  const { protocol, messages } = guarded({
    datagram: () => {
      throw new Error(`no luck ${++count}`);
    },
  });
  for (let i = 0; i < 20; i++)
    expect(() => protocol.datagram!(session, new Uint8Array(1), 0, 1, true)).toThrow('no luck');
  expect(count).toBe(20);
  expect(messages).toHaveLength(5);
  expect(messages[0]).toMatch(
    /^parser plugin failed and is disabled for the flow: Error: no luck 1 \(at .*guarded-protocol/,
  );
});

it('a guard makes an Error of any thrown value', () => {
  const nameless = { [Symbol.toPrimitive]: () => [] };
  for (const thrown of [undefined, null, 'text', nameless]) {
    const { protocol } = guarded({
      datagram: () => {
        throw thrown;
      },
    });
    expect(() => protocol.datagram!(session, new Uint8Array(1), 0, 1, true)).toThrow(Error);
  }
});
