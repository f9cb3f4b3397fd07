/** What is said of a run that failed. */
import { ConfigError } from '../config/config-error.js';
import { ProfileError } from '../profile/profile.js';
import { UsageError } from './usage-error.js';

/** Mistakes of the user are told in a line; anything else is a mistake of the program and has its stack. */
export function messageOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof ProfileError)
    return error.message;
  const { stack, message } = error as Error;
  return process.env.SLUICE_DEBUG ? (stack ?? message) : message;
}
