/** The user asked for something that cannot be: told without a stack, and the exit code is 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
