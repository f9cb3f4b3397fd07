/** `sluice rules windows`: how much stream data is kept for reassembled inspection. */
import type { Command } from 'commander';
import { loadedRules, type RuleOptions } from '../../rules/capture-inspection.js';
import { windowsOf } from '../../rules/windows.js';
import { windowsText } from '../../rules/windows-text.js';
import { wholeNumber } from '../values.js';
import { ruleOptions } from './options.js';

interface Options extends RuleOptions {
  readonly json?: boolean;
  readonly most: number;
}

export function addWindows(program: Command): void {
  const command = program
    .command('windows')
    .description(
      'show how much stream data is kept before new data, by port and direction, and which rule requires it',
    )
    .option('--json', 'as JSON')
    .option('--most <number>', 'number of warnings shown', wholeNumber, 10);
  ruleOptions(command).action(run);
}

async function run(options: Options): Promise<void> {
  const windows = windowsOf(await loadedRules(options));
  process.stdout.write(
    options.json ? `${JSON.stringify(windows, undefined, 2)}\n` : windowsText(windows, options.most),
  );
}
