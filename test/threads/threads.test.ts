import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { native } from '../../engine/native.js';
import { builtInProfile } from '../../engine/profile/built-in.js';
import { runThreads, startThreads } from './run-engine.js';

const numbers = (lines: readonly string[]) => lines.map(line => Number(line.split(' ')[1]));
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

const counted = (thread: string, lines: readonly string[]) =>
  lines.filter(line => line.startsWith(`${thread} `)).length;

describe('threads', () => {
  it('T1, T6: a profile with only custom modules works, in one thread', async () => {
    const run = await runThreads([{ name: 'all', modules: ['input', './tell.js'] }]);
    expect(numbers(run.lines)).toEqual(upTo(1000));
    expect(run.failure).toBeUndefined();
  });

  it('T3: 16 threads process every packet exactly once, without ownership violations', async () => {
    const run = await runThreads(
      [
        { name: 'in', modules: ['input'], handler: 'flow-hash', to: 'mid', 'queue-size': 64 },
        { name: 'mid', count: 7, modules: ['./mark.js'], handler: 'flow-hash', to: 'out', 'queue-size': 16 },
        { name: 'out', count: 8, modules: ['./tell.js'] },
      ],
      { test: { count: 20_000 } },
    );
    expect(sorted(numbers(run.lines))).toEqual(upTo(20_000));
    expect(run.violations).toBe(0);
  });

  it.skipIf(!native())('finished threads exit after the run has reported its end', async () => {
    const run = await runThreads([
      { name: 'in', modules: ['input'], to: 'out' },
      { name: 'out', count: 3, modules: ['./tell.js'] },
    ]);
    const ids = run.threads.map(({ systemThreadId }) => systemThreadId);
    expect(ids).toHaveLength(4);
    await vi.waitFor(() => expect(ids.filter(id => existsSync(`/proc/self/task/${id}`))).toEqual([]), 20_000);
  });

  it('a run does not begin if no packet can be received when all threads run', async () => {
    const run = runThreads([{ name: 'all', modules: ['input', './tell.js'] }], {}, { refused: true });
    await expect(run).rejects.toThrow('nothing can come');
  });

  it('the end of all threads is reported before the log is closed, and not after a failure', async () => {
    const run = await runThreads([{ name: 'all', modules: ['input', './tell.js'] }]);
    expect(run.steps).toEqual(['threads stand', 'threads ended', 'log closed']);
    const failed = await runThreads([{ name: 'all', modules: ['input', './throwing.js', './tell.js'] }]);
    expect(failed.failure).toBeDefined();
    expect(failed.steps).not.toContain('threads ended');
  });

  it('a thread waits for slots in use by later threads before events are lost', async () => {
    const run = await runThreads(
      [
        { name: 'in', modules: ['input'], to: 'mid' },
        { name: 'mid', modules: ['./events.js'], to: 'out' },
        { name: 'out', modules: ['./tell.js'] },
      ],
      { threading: { 'batch-size': 40 } },
    );
    expect(run.lines).toHaveLength(11_000);
    expect(run.violations).toBe(0);
  });

  it('T3: a module that keeps a packet it passed on is detected', async () => {
    const run = await runThreads([{ name: 'all', modules: ['input', './broken.js', './tell.js'] }], {
      test: { count: 1000 },
    });
    expect(run.violations).toBeGreaterThan(0);
    expect(run.messages.join()).toMatch(/packet \d+ is processed by thread 1 but was already released/);
  });

  it('T5: four packets are processed at once', async () => {
    const run = await runThreads(
      [
        { name: 'in', modules: ['input'], handler: 'flow-hash', to: 'work' },
        { name: 'work', count: 4, modules: ['./rendezvous.js', './tell.js'] },
      ],
      {},
      { rendezvous: new SharedArrayBuffer(4) },
    );
    expect(run.messages).not.toContain('alone');
    expect(run.lines).toHaveLength(1000);
  });

  it('T8, T24: modules in one thread give the same result as over queues', async () => {
    const together = await runThreads([
      { name: 'all', modules: ['input', './mark.js', './mark.js', './tell.js'] },
    ]);
    const apart = await runThreads([
      { name: 'a', modules: ['input', './mark.js'], to: 'b' },
      { name: 'b', modules: ['./mark.js'], to: 'c' },
      { name: 'c', modules: ['./tell.js'] },
    ]);
    const strip = (lines: readonly string[]) => lines.map(line => line.slice(line.indexOf(' ')));
    expect(strip(apart.lines)).toEqual(strip(together.lines));
  });

  it('T12: threads that capture for themselves', async () => {
    const run = await runThreads([{ name: 'worker', count: 'auto', modules: ['input', './tell.js'] }]);
    expect(counted('worker-1', run.lines)).toBe(1000);
    expect(counted('worker-2', run.lines)).toBe(1000);
  });

  it('T16, T17: a queue is bounded, the reader fills it without waiting for the consumer, nothing is lost', async () => {
    const gate = new Int32Array(new SharedArrayBuffer(8));
    const { engine, finish } = await startThreads(
      [
        { name: 'in', modules: ['input'], to: 'slow', 'queue-size': 128 },
        { name: 'slow', modules: ['./gate.js', './tell.js'] },
      ],
      { test: { count: 5000 } },
      { gate: gate.buffer },
    );
    const { Ring } = await import('../../engine/queue/ring.js');
    const ring = new Ring(engine.plan.threads[0]!.outlets[0]!.ring);
    while (ring.backlog() < 128) await new Promise(resolve => setImmediate(resolve));
    expect(ring.backlog()).toBe(128);
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    const run = await finish();
    expect(numbers(run.lines)).toEqual(upTo(5000));
  });

  it('T18: two decoders compete for one queue; the faster takes more', async () => {
    const gate = new Int32Array(new SharedArrayBuffer(8));
    const { finish } = await startThreads(
      [
        { name: 'in', modules: ['input'], handler: 'simple', to: 'decode', 'queue-size': 64 },
        { name: 'decode', count: 2, modules: ['./tell.js', './slow-second.js'] },
      ],
      { test: { count: 4000 } },
      { gate: gate.buffer },
    );
    const run = await finish();
    expect(sorted(numbers(run.lines))).toEqual(upTo(4000));
    expect(counted('decode-1', run.lines)).toBeGreaterThanOrEqual(3000);
  });

  it('T19: IPv4 and IPv6 go to different threads', async () => {
    const run = await runThreads(
      [
        {
          name: 'in',
          modules: ['input'],
          handler: 'protocol-split',
          to: { ipv4: 'four', ipv6: 'six', other: 'end' },
        },
        { name: 'four', modules: ['./tell.js'] },
        { name: 'six', modules: ['./tell.js'] },
      ].map(group =>
        group.name === 'in'
          ? { ...group, modules: ['input', './judge.js'], to: { ipv4: 'four', ipv6: 'six', other: 'end' } }
          : { ...group, modules: ['./tell-only.js'] },
      ),
      { test: { pattern: ['tcp4', 'tcp6', 'udp6'] } },
    );
    const of = (version: string) =>
      run.lines.filter(line => line.split(' ')[2] === version).map(line => line.split(' ')[0]);
    expect(new Set(of('4'))).toEqual(new Set(['four']));
    expect(new Set(of('6'))).toEqual(new Set(['six']));
    expect(sorted(numbers(run.lines))).toEqual(upTo(1000));
  });

  it('T20: packets with alerts take another path', async () => {
    const run = await runThreads([
      {
        name: 'in',
        modules: ['input', './judge.js'],
        handler: 'alert-split',
        to: { alerts: 'alert', rest: 'end' },
      },
      { name: 'alert', modules: ['./tell-only.js'] },
    ]);
    expect(numbers(run.lines)).toEqual(upTo(1000).filter(number => number % 7 === 0));
  });

  it('ordered: packets of parallel threads return in the order of capture', async () => {
    const run = await runThreads(
      [
        { name: 'in', modules: ['input'], handler: 'simple', to: 'decode', 'queue-size': 64 },
        {
          name: 'decode',
          count: 3,
          modules: ['./mark.js'],
          handler: 'ordered',
          ordered: true,
          to: 'out',
          'queue-size': 64,
        },
        { name: 'out', modules: ['./tell.js'] },
      ],
      { test: { count: 30_000 } },
    );
    expect(numbers(run.lines)).toEqual(upTo(30_000));
  });

  it.skipIf(!native())('T23: threads are pinned to their CPU and named', async () => {
    const gate = new Int32Array(new SharedArrayBuffer(8));
    const { engine, finish } = await startThreads(
      [
        { name: 'in', modules: ['input'], to: 'pinned', cpus: [0] },
        { name: 'pinned', cpus: [0], modules: ['./gate.js', './tell.js'] },
      ],
      {},
      { gate: gate.buffer },
    );
    const id = engine.threads()[1]!.systemThreadId;
    const status = readFileSync(`/proc/self/task/${id}/status`, 'utf8');
    expect(status).toMatch(/Name:\s+pinned/);
    expect(status).toMatch(/Cpus_allowed_list:\s+0\n/);
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    await finish();
  });

  it.skipIf(!native())(
    'T2: the threads of 2009 run under their names: 10 handle packets, 1 manages',
    async () => {
      const gate = new Int32Array(new SharedArrayBuffer(8));
      const stand: Record<string, string[]> = {
        acquire: ['input'],
        decode: ['./mark.js'],
        detect: ['./gate.js'],
        verdict: ['./judge.js'],
        respond: ['./mark.js'],
        alert: ['./tell-only.js'],
      };
      const groups = builtInProfile('oisf2009')!.threads.map(group => ({
        ...group,
        modules: stand[group.name],
      }));
      const { engine, finish } = await startThreads(groups, {}, { gate: gate.buffer });
      const names = engine
        .threads()
        .map(({ systemThreadId }) => readFileSync(`/proc/self/task/${systemThreadId}/comm`, 'utf8').trim());
      expect(names).toEqual([
        'acquire',
        'decode-1',
        'decode-2',
        'detect-1',
        'detect-2',
        'verdict',
        'respond',
        'alert-1',
        'alert-2',
        'alert-3',
      ]);
      expect(engine.threads().map(thread => thread.systemThreadId)).not.toContain(process.pid);
      Atomics.store(gate, 0, 1);
      Atomics.notify(gate, 0);
      const run = await finish();
      expect(sorted(numbers(run.lines))).toEqual(upTo(1000).filter(number => number % 7 === 0));
    },
  );

  it('a CPU that does not exist causes a warning', async () => {
    const run = await runThreads([{ name: 'all', cpus: [4000], modules: ['input', './tell.js'] }]);
    expect(run.messages.join()).toMatch(/thread all is not pinned to CPU 4000/);
    expect(run.lines).toHaveLength(1000);
  });
});

describe('modules that fail', () => {
  it('T21: a wrong name is reported with the existing names', async () => {
    await expect(runThreads([{ name: 'all', modules: ['input', 'decoed'] }])).rejects.toThrow(
      /thread all: unknown module "decoed" \(did you mean decode\?\); available: .*decode/,
    );
  });

  it("T10: another API version is rejected with the module's name", async () => {
    await expect(runThreads([{ name: 'all', modules: ['input', './wrong-api.js'] }])).rejects.toThrow(
      'module ./wrong-api.js is made for module API 99, this engine has 1',
    );
  });

  it('T10: a failing start stops the other threads cleanly', async () => {
    await expect(
      runThreads([{ name: 'all', modules: ['input', './failing-init.js', './tell.js'] }]),
    ).rejects.toThrow(/module .\/failing-init.js in thread all: the disk is on fire/);
  });

  it('a module that throws ends the run with its name', async () => {
    const run = await runThreads([{ name: 'all', modules: ['input', './throwing.js', './tell.js'] }]);
    expect(run.failure).toMatch(/thread all failed: this packet is too hot/);
  });
});
