/** A user error: reported without a stack; the exit code is 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
