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
import { sizeOf, userCacheFolder } from '../user-cache.js';

/** Total file size in bytes from which compiling takes longer than starting a process. */
const MIN_FILE_BYTES = 1 << 20;

/** Message to the process. */
export interface CompileRequest
  extends Pick<LoadOptions, 'strict' | 'exclusive' | 'additional' | 'firewallExclusive'> {
  readonly tree: ConfigTree;
}

export class BackgroundCompiler {
  private child: ChildProcess | undefined;
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
    if (this.ended || !isWorthwhile(this.options)) return;
    const { config, strict, exclusive, additional, firewallExclusive } = this.options;
    const path = fileURLToPath(compiled('engine/cli/rules/compile-rules.js'));
    const child = fork(path, { serialization: 'advanced', stdio: 'ignore' });
    this.child = child;
    const failed = await new Promise<string | undefined>(resolve => {
      child.once('error', error => resolve(error.message));
      child.once('exit', code => resolve(code === 0 ? undefined : `exit code ${code}`));
      const request: CompileRequest = { tree: config.tree, strict, exclusive, additional, firewallExclusive };
      child.send(request, error => error && resolve(error.message));
    });
    this.child = undefined;
    if (failed !== undefined && !this.ended)
      this.log.info(`detect: the separate process that compiles rules failed: ${failed}`);
  }

  end(): void {
    this.ended = true;
    this.child?.kill('SIGKILL');
  }
}

/** Rules compiled by the process are passed through the cache. */
function isWorthwhile(options: LoadOptions): boolean {
  const { config, protocols = [] } = options;
  const files = filesRead(options);
  if (sizeOf(files) < MIN_FILE_BYTES) return false;
  const { cache } = compileOptionsFrom(config, protocols, undefined, () => userCacheFolder(files));
  return cache !== undefined;
}
