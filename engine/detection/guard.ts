/**
 * Runs code of others so that it can be interrupted: what does not come back within a time limit is stopped where it
 * stands, and the thread goes on.
 */
import vm from 'node:vm';

export interface Guard {
  /** @returns false when `work` was interrupted. @throws whatever `work` throws */
  run(work: () => void): boolean;
}

/** @param milliseconds that one run may take */
export function openGuard(milliseconds: number): Guard {
  return new ContextGuard(milliseconds);
}

/** node:vm makes a timer thread for each run: some 50 to 200 µs. */
class ContextGuard implements Guard {
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
