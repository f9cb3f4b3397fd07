import { fileURLToPath } from 'node:url';
import { Config, type ConfigTree } from '../../engine/config/config.js';
import type { Engine, EngineResult } from '../../engine/engine.js';
import { startEngine } from '../../engine/manager/start.js';
import type { Log } from '../../engine/module.js';
import { parseProfile } from '../../engine/profile/profile.js';

/** Folder of the compiled test modules: profiles name them `./numbered.js`. */
export const PARTS = fileURLToPath(new URL('../../dist/test/threads/parts/', import.meta.url));

export interface TestRun extends EngineResult {
  /** Lines of the log `seen`. */
  readonly lines: readonly string[];
  readonly messages: readonly string[];
  /** Steps of the engine's end, in order. */
  readonly steps: readonly string[];
}

export interface TestEngine {
  readonly engine: Engine;
  finish(): Promise<TestRun>;
}

/** Starts threads of a profile, with the test's own modules. */
export async function startThreads(
  threads: readonly unknown[],
  config: ConfigTree = {},
  shared: Readonly<Record<string, unknown>> = {},
  from = PARTS,
): Promise<TestEngine> {
  const messages: string[] = [];
  const pieces: Buffer[] = [];
  const steps: string[] = [];
  const note = (text: string) => void messages.push(text);
  const log: Log = { debug: () => {}, info: note, notice: note, warning: note, error: note };
  const engine = await startEngine({
    config: new Config({
      threading: {
        'pool-packets': 512,
        'pool-memory': '2mb',
        'block-size': '256kb',
        'scratch-memory': '64kb',
        'ownership-check': true,
        ...(config.threading as object),
      },
      ...without(config, 'threading'),
      stream: { reassembly: { memcap: '1mb' } },
    }),
    profile: parseProfile('test', { threads }),
    input: './numbered.js',
    outputs: [],
    shared,
    wantedEvents: 0,
    live: false,
    from,
    autoThreads: 2,
    threadsReady: () => {
      steps.push('threads stand');
      if (shared.refused === true) throw new Error('nothing can come');
    },
    threadsEnded: () => void steps.push('threads ended'),
    seed: 1,
    log,
    openLog: () => ({
      lost: 0,
      write: bytes => void pieces.push(Buffer.from(bytes)),
      flush() {},
      rotate() {},
      close: () => void steps.push('log closed'),
    }),
  });
  const finish = async (): Promise<TestRun> => {
    const result = await engine.finished;
    return {
      ...result,
      messages,
      steps,
      lines: Buffer.concat(pieces).toString().split('\n').filter(Boolean),
    };
  };
  return { engine, finish };
}

/** Runs threads to their end. */
export async function runThreads(...parameters: Parameters<typeof startThreads>): Promise<TestRun> {
  return (await startThreads(...parameters)).finish();
}

function without(tree: ConfigTree, key: string): ConfigTree {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => name !== key));
}
