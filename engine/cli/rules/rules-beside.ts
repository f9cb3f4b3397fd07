/**
 * Large rule sets are compiled by a separate process before a reload: the main thread, which then loads them from the
 * cache, writes the threads' logs, answers commands and stands in for failed threads.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compileOptionsFrom } from '../../../signatures/compile/options.js';
import { filesRead } from '../../../signatures/load-rules.js';
import type { LoadOptions } from '../../../signatures/rule-loader.js';
import { compiled } from '../../compiled.js';
import type { ConfigTree } from '../../config/config.js';
import type { Log } from '../../module.js';
import { sizeOf, usersCache } from '../users-cache.js';

/** Total file size in bytes from which compiling takes longer than starting a process. */
const LARGE = 1 << 20;

/** Message to the process. */
export interface RulesToCompile
  extends Pick<LoadOptions, 'strict' | 'exclusive' | 'additional' | 'firewallExclusive'> {
  readonly tree: ConfigTree;
}

export class RulesBeside {
  private program: ChildProcess | undefined;
  private ended = false;

  constructor(
    private readonly options: LoadOptions,
    private readonly log: Log,
  ) {}

  /**
   * Resolves when the rules are compiled, or cannot be: what is then missing from the cache is compiled when it is
   * loaded.
   */
  async compile(): Promise<void> {
    if (this.ended || !isWorthIt(this.options)) return;
    const { config, strict, exclusive, additional, firewallExclusive } = this.options;
    const path = fileURLToPath(compiled('engine/cli/rules/compile-rules.js'));
    const program = fork(path, { serialization: 'advanced', stdio: 'ignore' });
    this.program = program;
    const failed = await new Promise<string | undefined>(resolve => {
      program.once('error', error => resolve(error.message));
      program.once('exit', code => resolve(code === 0 ? undefined : `exit code ${code}`));
      const told: RulesToCompile = { tree: config.tree, strict, exclusive, additional, firewallExclusive };
      program.send(told, error => error && resolve(error.message));
    });
    this.program = undefined;
    if (failed !== undefined && !this.ended)
      this.log.info(`detect: the separate process that compiles rules failed: ${failed}`);
  }

  end(): void {
    this.ended = true;
    this.program?.kill('SIGKILL');
  }
}

/** Rules compiled by the process are passed through the cache. */
function isWorthIt(options: LoadOptions): boolean {
  const { config, protocols = [] } = options;
  const files = filesRead(options);
  if (sizeOf(files) < LARGE) return false;
  const { cache } = compileOptionsFrom(config, protocols, undefined, () => usersCache(files));
  return cache !== undefined;
}
