/**
 * The engine in processes that are reused for many tests: starting one takes as long as a short test. The output of a
 * run is the part that was appended to the output of the process.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiled } from '../../engine/compiled.js';
import type { Engine, RunOptions } from './engine.js';
import { type ExitStatus, execute } from './execute.js';

/** A process is replaced after this many tests, to limit the state left over by earlier ones. */
const TESTS_PER_PROCESS = 50;

/** Only compiled: the processes run the engine of `dist/`. */
export class WarmEngine implements Engine {
  private readonly idle: WarmProcess[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'sluice-warm-'));
  private started = 0;

  async run(args: readonly string[], options: RunOptions): Promise<ExitStatus> {
    const process = this.idle.pop() ?? new WarmProcess(join(this.folder, String(this.started++)));
    const status = await process.run(args, options);
    if (process.isReusable) this.idle.push(process);
    else process.end();
    return status;
  }

  /** Shell commands start the program themselves. */
  runShell(line: string, options: RunOptions): Promise<ExitStatus> {
    return execute({ file: '/bin/sh', args: ['-c', line], ...options });
  }

  close(): void {
    for (const process of this.idle) process.end();
    // Processes that were just killed may not have exited yet.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

class WarmProcess {
  private readonly outputs: readonly [number, number];
  private readonly child: ChildProcess;
  private runs = 0;
  private hasExited = false;

  constructor(path: string) {
    this.outputs = [openSync(`${path}.stdout`, 'a+'), openSync(`${path}.stderr`, 'a+')];
    const script = fileURLToPath(compiled('test/conformance/warm-process.js'));
    this.child = fork(script, { stdio: ['ignore', ...this.outputs, 'ipc'] });
    this.child.once('exit', () => {
      this.hasExited = true;
    });
  }

  get isReusable(): boolean {
    return !this.hasExited && this.runs < TESTS_PER_PROCESS;
  }

  async run(args: readonly string[], options: RunOptions): Promise<ExitStatus> {
    this.runs++;
    const before = this.outputs.map(file => fstatSync(file).size);
    const status = await this.requestRun(args, options);
    this.outputs.forEach((file, i) => {
      writeFileSync(join(options.output, i === 0 ? 'stdout' : 'stderr'), readFrom(file, before[i]!));
    });
    return status;
  }

  /** The answer, or how the process ended instead. */
  private requestRun(args: readonly string[], { cwd, env, timeoutSeconds }: RunOptions): Promise<ExitStatus> {
    const { child } = this;
    return new Promise(resolve => {
      const settle = (status: ExitStatus): void => {
        clearTimeout(timer);
        child.removeAllListeners('message');
        child.off('exit', exited);
        resolve(status);
      };
      const exited = (code: number | null): void => settle(code ?? 137);
      const timer = setTimeout(() => {
        this.hasExited = true;
        child.kill('SIGKILL');
        settle('timeout');
      }, timeoutSeconds * 1000);
      child.once('message', code => settle(code as number));
      child.once('exit', exited);
      child.send({ args, cwd, env });
    });
  }

  end(): void {
    this.child.kill('SIGKILL');
    for (const file of this.outputs) closeSync(file);
  }
}

/** The part of an open file from `start` on. */
function readFrom(file: number, start: number): Buffer {
  const part = Buffer.alloc(fstatSync(file).size - start);
  readSync(file, part, 0, part.length, start);
  return part;
}
