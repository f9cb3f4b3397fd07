/** Restart of failed threads: commands that arrive meanwhile reach the new threads. */
import { expect, it } from 'vitest';
import { Restarts } from '../../engine/cli/run/devices.js';
import { type Running, startRestarting } from '../../engine/cli/run/restarting.js';
import type { Engine, EngineResult } from '../../engine/engine.js';

const NOTHING = { debug() {}, info() {}, notice() {}, warning() {}, error() {} };
const FAILED: EngineResult = { failure: 'thread x failed', violations: 0, threads: [] };
const DONE: EngineResult = { failure: undefined, violations: 0, threads: [] };

/** Threads that do nothing but end on request. */
class Threads {
  readonly done: string[] = [];
  end!: (result: EngineResult) => void;
  readonly finished = new Promise<EngineResult>(resolve => {
    this.end = resolve;
  });

  counters = () => new Map([['decoder.pkts', 7]]);
  stop = () => void this.done.push('stop');
  rotateLogs = () => void this.done.push('rotate');
  reload = async ({ rules }: Readonly<Record<string, unknown>>) => void this.done.push(`reload ${rules}`);
}

/** The second threads start when `second` resolves. */
async function restarted(second: () => Promise<Threads>): Promise<{ first: Threads; running: Running }> {
  const first = new Threads();
  const starts = [async () => first, second];
  const start = async () => (await starts.shift()!()) as unknown as Engine;
  const devices = { shared: {}, close() {} };
  const running = await startRestarting(start, { rules: 'old' }, devices, new Restarts(1), NOTHING);
  return { first, running };
}

it('a reload during the restart is in force before the replaced rules are freed', async () => {
  const second = new Threads();
  let stand!: (threads: Threads) => void;
  const { first, running } = await restarted(
    () =>
      new Promise(resolve => {
        stand = resolve;
      }),
  );
  first.end(FAILED);
  await new Promise(setImmediate);
  const loaded = running.reload({ rules: 'new' }).then(() => second.done.push('freed'));
  running.rotateLogs();
  await new Promise(setImmediate);
  expect(second.done).toEqual([]);
  stand(second);
  await loaded;
  expect(second.done).toEqual(['reload new', 'freed']);
  expect(first.done).toEqual([]);
  second.end(DONE);
  expect(await running.finished).toEqual(DONE);
});

it('the run ends with the reason if the threads cannot be restarted', async () => {
  const { first, running } = await restarted(async () => {
    throw new Error('no memory');
  });
  first.end(FAILED);
  expect(await running.finished).toEqual({ ...FAILED, failure: 'no memory' });
  expect(running.counters().get('decoder.pkts')).toBe(7);
});

it('a stop during the restart reaches the new threads', async () => {
  const second = new Threads();
  const { first, running } = await restarted(async () => {
    running.stop();
    return second;
  });
  first.end(FAILED);
  await new Promise(setImmediate);
  expect(second.done).toEqual(['stop']);
});
