/** `sluice rules profile`: cost of rules on a capture. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type CaptureOptions, captureSettings, loadedRules } from '../../rules/capture-inspection.js';
import { profile } from '../../rules/profile.js';
import { profilePicture } from '../../rules/profile-flame.js';
import { profileText } from '../../rules/profile-text.js';
import { UsageError } from '../../usage-error.js';
import { wholeNumber } from '../values.js';
import { captureOptions } from './options.js';

interface Options extends CaptureOptions {
  readonly json?: boolean;
  readonly svg?: string;
  readonly most: number;
}

export function addProfile(program: Command): void {
  const command = program
    .command('profile')
    .description('show what each rule and each keyword costs on a capture: checks, matches, time')
    .option('--json', 'as JSON')
    .option('--svg <file>', 'draw a flame graph')
    .option('--most <number>', 'number of rules shown', wholeNumber, 20);
  captureOptions(command).action(run);
}

async function run(options: Options): Promise<void> {
  const loaded = await loadedRules(options, captureSettings(options));
  const measured = await profile(loaded, options);
  if (options.svg !== undefined) write(options.svg, profilePicture(measured));
  process.stdout.write(
    options.json ? `${JSON.stringify(measured, undefined, 2)}\n` : profileText(measured, options.most),
  );
  if (measured.damaged) process.exitCode = 1;
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`the flame graph cannot be written: ${(error as Error).message}`);
  }
}
