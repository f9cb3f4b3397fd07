/** Log lines of threads reach their files, whatever is left in the rings when the threads end. */
import { expect, it } from 'vitest';
import type { LogSink } from '../../engine/log-sink.js';
import { LogSinks } from '../../engine/manager/log-sinks.js';
import { RunningThread } from '../../engine/manager/running-thread.js';
import { LogRing, partMark } from '../../engine/thread/log-ring.js';
import type { ThreadPlan } from '../../engine/thread/plan.js';

const RING = 4 << 20;
const LINE = new Uint8Array(3 << 20);

function threadAt(part: number): RunningThread {
  const plan = { logRing: LogRing.allocate(RING), counters: new SharedArrayBuffer(8) };
  const thread = new RunningThread(plan as unknown as ThreadPlan);
  thread.files[0] = 'eve.json';
  thread.logRing.write(partMark(part), LINE, 0, 0);
  return thread;
}

it('a file is opened within seconds, before there are lines for it', () => {
  const opened: string[] = [];
  const sink: LogSink = { lost: 0, write() {}, flush() {}, rotate() {}, close() {} };
  const sinks = new LogSinks(file => {
    opened.push(file);
    return sink;
  });
  const now = performance.now();
  expect([sinks.flush(now, [threadAt(0)]), opened]).toEqual([false, []]);
  expect([sinks.flush(now + 2000, [threadAt(0)]), opened]).toEqual([true, ['eve.json']]);
});

it('lines of a thread that was too far ahead are written, too', () => {
  let written = 0;
  const sink: LogSink = {
    lost: 0,
    write(bytes) {
      written += bytes.length;
    },
    flush() {},
    rotate() {},
    close() {},
  };
  const sinks = new LogSinks(() => sink);
  const [ahead, due] = [threadAt(1), threadAt(0)];
  const threads = [ahead, due];
  let lines = 0;
  // Until so much data waits that its ring is no longer read.
  while (ahead.logRing.write(0, LINE, 0, LINE.length)) {
    lines++;
    sinks.drain(threads);
  }
  expect(written).toBe(0);
  due.logRing.write(0, LINE, 0, LINE.length);
  for (const thread of threads) thread.finish();
  sinks.drain(threads);
  sinks.close(threads);
  expect(written).toBe((lines + 1) * LINE.length);
});
