/** `sluice rules coverage`: which rules could have fired on a capture. */
import type { Command } from 'commander';
import { type CaptureOptions, captureSettings, loadedRules } from '../../rules/capture-inspection.js';
import { coverage } from '../../rules/coverage.js';
import { coverageJson, coverageText } from '../../rules/coverage-text.js';
import { captureOptions } from './options.js';

interface Options extends CaptureOptions {
  readonly json?: boolean;
  readonly list?: boolean;
}

export function addCoverage(program: Command): void {
  const command = program
    .command('coverage')
    .description('show which rules could have fired on a capture, by its ports, protocols and buffers')
    .option('--json', 'print JSON, with every rule')
    .option('--list', 'list the rules');
  captureOptions(command).action(run);
}

async function run(options: Options): Promise<void> {
  const loaded = await loadedRules(options, captureSettings(options));
  const found = await coverage(loaded, options);
  process.stdout.write(options.json ? coverageJson(found) : coverageText(found, options.list ?? false));
  if (found.damaged) process.exitCode = 1;
}
