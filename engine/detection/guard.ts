/**
 * Runs third-party code so that it can be interrupted: code that does not return within a time limit is stopped, and
 * the thread continues. With the addon a run costs some 100 ns.
 */
import vm from 'node:vm';
import { native } from '../native.js';

export interface Guard {
  /** @returns false if `work` was interrupted. @throws whatever `work` throws */
  run(work: () => void): boolean;
}

/** @param milliseconds limit of one run */
export function openGuard(milliseconds: number): Guard {
  const run = native()?.runGuarded;
  return run ? { run: work => run(work, milliseconds) } : new ContextGuard(milliseconds);
}

/** Without the addon: node:vm creates a timer thread for each run, which takes some 50 to 200 µs. */
export class ContextGuard implements Guard {
  private work: () => void = () => {};
  private readonly script = new vm.Script('run()');
  private readonly context = vm.createContext({ run: () => this.work() });

  constructor(private readonly milliseconds: number) {}

  run(work: () => void): boolean {
    this.work = work;
    try {
      this.script.runInContext(this.context, { timeout: this.milliseconds });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
      throw error;
    }
  }
}
