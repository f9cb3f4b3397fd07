/** Devices of live traffic: opened before the threads start, and kept open when threads fail. */
import type { Config } from '../../config/config.js';
import type { Log, OpenedDevices } from '../../module.js';
import { loadModule } from '../../thread/load-module.js';
import type { Inputs } from './inputs.js';

const NONE: OpenedDevices = { shared: {}, close: () => {} };

/** @throws Error that names what cannot be opened */
export async function openDevices(
  inputs: Inputs,
  config: Config,
  from: string,
  log: Log,
): Promise<OpenedDevices> {
  const module = await loadModule(inputs.module, from);
  return (inputs.live ? module.open?.(config, log) : undefined) ?? NONE;
}

/** Limits how often threads are restarted. */
export class Restarts {
  count = 0;
  private readonly times: number[] = [];

  constructor(private readonly most: number) {}

  /** @param now milliseconds */
  allowed(now: number): boolean {
    while (this.times.length > 0 && now - this.times[0]! > 60_000) this.times.shift();
    if (this.times.length >= this.most) return false;
    this.times.push(now);
    this.count++;
    return true;
  }
}
