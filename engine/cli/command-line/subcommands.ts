/** Commands with subcommands: `sluice profiles list`. */

import { Command } from 'commander';
import { ConfigError } from '../../config/config-error.js';
import { ProfileError } from '../../profile/profile.js';
import { UsageError } from '../usage-error.js';
import { rethrowParseError } from './parse-words.js';

/**
 * Runs the subcommand named by `words`.
 * @param add declares them
 * @returns the exit code: what the command left in `process.exitCode`, else 0
 * @throws UsageError with what is wrong, and what may be meant
 */
export async function subcommands(
  name: string,
  words: readonly string[],
  add: (program: Command) => void,
): Promise<number> {
  const quiet = (command: Command): Command =>
    command.exitOverride().configureOutput({ writeErr: text => helpOnly(text) });
  const program = quiet(new Command(`sluice ${name}`));
  add(program);
  program.commands.forEach(quiet);
  try {
    await program.parseAsync(words.length === 0 ? ['--help'] : [...words], { from: 'user' });
  } catch (error) {
    if (error instanceof ConfigError || error instanceof ProfileError) throw new UsageError(error.message);
    rethrowParseError(error);
    return 0;
  }
  return Number(process.exitCode ?? 0);
}

/** Errors are reported by whoever catches them. */
function helpOnly(text: string): void {
  if (!text.startsWith('error:')) process.stderr.write(text);
}
