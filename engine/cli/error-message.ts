/** Error messages of a failed run. */
import { ConfigError } from '../config/config-error.js';
import { ProfileError } from '../profile/profile.js';
import { UsageError } from './usage-error.js';

/** User errors are reported in one line; anything else is a bug and is shown with its stack. */
export function messageOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof ProfileError)
    return error.message;
  const { stack, message } = error as Error;
  return process.env.SLUICE_DEBUG ? (stack ?? message) : message;
}
