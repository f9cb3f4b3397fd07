/** Starts the threads of a run. */
import { availableParallelism } from 'node:os';
import type { Engine, EngineOptions } from '../engine.js';
import { makePlan } from '../thread/plan.js';
import { loadProfile } from './load-profile.js';
import { Manager } from './manager.js';
import { planSizes } from './options.js';

/**
 * Starts the threads of a profile.
 * @throws ProfileError before any thread starts if the profile is invalid; Error if a module fails to start
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { profile, modules } = await loadProfile(
    options.profile,
    options.input,
    options.outputs,
    options.from,
  );
  const sizes = planSizes(options.config);
  const cores = options.autoThreads ?? availableParallelism();
  const plan = withMemory(() => makePlan(profile, sizes, cores, name => modules.get(name)?.uses ?? []));
  const { byteLength } = plan.threads[0]!.pool;
  if (byteLength < sizes.poolBytes) {
    const mib = (bytes: number) => bytes / 2 ** 20;
    options.log.info(
      `threads: ${plan.threads.length} threads share the memory for packets: each gets ${mib(byteLength)} MiB instead of ${mib(sizes.poolBytes)} (threading.pool-memory)`,
    );
  }
  const manager = new Manager(options, plan);
  await manager.start();
  return manager;
}

/** @throws Error naming the settings if the system lacks the memory */
function withMemory<T>(allocate: () => T): T {
  try {
    return allocate();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Error(
      `the memory for the threads cannot be allocated (${error.message}): lower flow.memcap, stream.reassembly.memcap, threading.pool-memory or outputs-buffer`,
    );
  }
}
