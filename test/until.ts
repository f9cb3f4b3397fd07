/** Waits until a condition in another process holds; fails with `what` after a timeout. */
export async function until(
  isMet: () => boolean,
  describe: () => string,
  milliseconds = 20_000,
): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!isMet()) {
    if (performance.now() > end) throw new Error(`timeout after ${milliseconds} ms: ${describe()}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
