/** `sluice rules explain`: why a rule fired on a capture, or did not. */
import type { Command } from 'commander';
import { type CaptureOptions, captureSettings, loadedRules } from '../../rules/capture-inspection.js';
import { explain, findRule } from '../../rules/explain.js';
import { explanationJson } from '../../rules/explain-json.js';
import { explanationText } from '../../rules/explain-text.js';
import { wholeNumber } from '../values.js';
import { captureOptions } from './options.js';

interface Options extends CaptureOptions {
  readonly json?: boolean;
  readonly most: number;
}

export function addExplain(program: Command): void {
  const command = program
    .command('explain <sid>')
    .description('show why a rule fired on a capture or did not, condition by condition')
    .option('--json', 'as JSON')
    .option('--most <number>', 'number of evaluations shown in detail', wholeNumber, 3);
  captureOptions(command).action(run);
}

async function run(name: string, options: Options): Promise<void> {
  const loaded = await loadedRules(options, captureSettings(options));
  const gathered = await explain(loaded, findRule(name, loaded), options);
  const text = options.json ? explanationJson : explanationText;
  process.stdout.write(text(gathered, options.most));
  if (gathered.damaged) process.exitCode = 1;
}
