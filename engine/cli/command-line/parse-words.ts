/** Parses the words after a command's name. */
import { type Command, CommanderError } from 'commander';
import { UsageError } from '../usage-error.js';

/**
 * @param command with `exitOverride` set, and error output suppressed
 * @returns false when its help or version was shown: there is nothing more to do
 * @throws UsageError with what is wrong, and the option that may be meant
 */
export function parseWords(command: Command, words: readonly string[]): boolean {
  try {
    command.parse([...words], { from: 'user' });
    return true;
  } catch (error) {
    return rethrowParseError(error);
  }
}

/** The same for anything a command threw. @returns false; @throws real errors */
export function rethrowParseError(error: unknown): false {
  if (!(error instanceof CommanderError)) throw error;
  if (error.exitCode === 0) return false;
  throw new UsageError(error.message.replace(/^error: /, ''));
}
