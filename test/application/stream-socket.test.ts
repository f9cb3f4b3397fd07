import { describe, expect, it } from 'vitest';
import { StreamSocket } from '../../engine/application/stream-socket.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const text = (view: Uint8Array | undefined): string | undefined =>
  view && Buffer.from(view).toString('latin1');

/** Runs a coroutine over a socket; `feed` gives it bytes as packets do. */
function open<T>(routine: (socket: StreamSocket) => Generator<void, T, void>, limit?: number) {
  const socket = new StreamSocket(limit);
  const running = routine(socket);
  let result: { done?: boolean; value: T | void } = { done: false, value: undefined };
  const wake = () => {
    if (!result.done) result = running.next();
    socket.keep();
  };
  return {
    socket,
    feed(data: string) {
      // The bytes are overwritten after feeding: nothing may depend on them.
      const memory = bytes(`<<${data}>>`);
      socket.feed(memory, 2, memory.length - 2);
      wake();
      memory.fill(0x21);
    },
    gap(missing: number) {
      socket.gap(missing);
      wake();
    },
    end(reset = false) {
      socket.end(reset, false);
      wake();
    },
    get result() {
      return result.done ? (result.value as T) : undefined;
    },
  };
}

describe('stream socket', () => {
  it('reads lines across segments', () => {
    const lines: (string | undefined)[] = [];
    const run = open(function* (socket) {
      for (;;) {
        const line = yield* socket.readUntil(10);
        if (!line) return socket.state;
        lines.push(text(line));
      }
    });
    for (const segment of ['a', 'bc\nd', '\n', 'rest']) run.feed(segment);
    run.end();
    expect(lines).toEqual(['abc\n', 'd\n']);
    expect(run.result).toBe('end');
  });

  it('passes bytes to a sink without waking the coroutine, and wakes it after the last one', () => {
    const passed: (string | undefined)[] = [];
    let woken = 0;
    const run = open(function* (socket) {
      yield* socket.read(2);
      const left = yield* socket.pass(6, bytes => passed.push(text(bytes)));
      woken++;
      return `${left} ${text(yield* socket.read(2))}`;
    });
    const pass = (data: string) => {
      expect(run.socket.isPassing).toBe(true);
      return run.socket.passToSink(bytes(data), 0, data.length);
    };
    run.feed('abc');
    expect(pass('de')).toBe(2);
    expect(run.socket.hasPassedAll).toBe(false);
    expect(run.socket.position).toBe(5);
    expect([pass('fghij'), run.socket.hasPassedAll, woken]).toEqual([3, true, 0]);
    run.feed('ij');
    expect([run.result, woken]).toEqual(['0 ij', 1]);
    expect(passed).toEqual(['c', 'de', 'fgh']);
  });

  it.each(['gap', 'end'] as const)('reports how many bytes were not passed at a %s', what => {
    const run = open(function* (socket) {
      return yield* socket.pass(10);
    });
    run.feed('abc');
    expect(run.socket.passToSink(bytes('de'), 0, 2)).toBe(2);
    if (what === 'gap') run.gap(4);
    else run.end();
    expect([run.result, run.socket.isPassing]).toEqual([5, false]);
  });

  it('reads exact counts, peeks and discards', () => {
    const run = open(function* (socket) {
      const peeked = text(yield* socket.peek(3));
      const read = text(yield* socket.read(2));
      yield* socket.discard(3);
      return [peeked, read, text(yield* socket.recv()), socket.position];
    });
    for (const segment of ['a', 'b', 'cd', 'ef']) run.feed(segment);
    expect(run.result).toEqual(['abc', 'ab', 'f', 6]);
  });

  it('returns why a read failed: end, reset, limit, gap', () => {
    const why = (limit: number, act: (run: any) => void) => {
      const run = open(function* (socket) {
        yield* socket.read(10);
        return socket.state;
      }, limit);
      run.feed('abc');
      act(run);
      return run.result;
    };
    expect(why(100, run => run.end())).toBe('end');
    expect(why(100, run => run.end(true))).toBe('reset');
    expect(why(100, run => run.gap(5))).toBe('gap');
    expect(why(5, () => {})).toBe('limit');
  });

  it('continues behind a gap at the right position', () => {
    const run = open(function* (socket) {
      yield* socket.read(10);
      socket.resume();
      const position = socket.position;
      return [position, text(yield* socket.read(2))];
    });
    run.feed('abc');
    run.gap(7);
    run.feed('xy');
    expect(run.result).toEqual([10, 'xy']);
  });

  it('buffers no more than its limit', () => {
    const run = open(function* (socket) {
      const line = yield* socket.readUntil(10, 8);
      return [line, socket.state, socket.available];
    });
    for (let i = 0; i < 20; i++) run.feed('x');
    expect(run.result).toEqual([undefined, 'limit', 8]);
  });

  it('takes time linear in the data, byte by byte', () => {
    const run = open(function* (socket) {
      return (yield* socket.readUntil(10, 1 << 20))?.length;
    });
    const start = process.hrtime.bigint();
    for (let i = 0; i < 200_000; i++) run.feed('x');
    run.feed('\n');
    expect(run.result).toBe(200_001);
    expect(Number(process.hrtime.bigint() - start) / 1e9).toBeLessThan(5);
  });
});
