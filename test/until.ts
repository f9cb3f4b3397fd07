/** Waits for something to become true in another process; fails with `what` when it does not in time. */
export async function until(holds: () => boolean, what: () => string, milliseconds = 20_000): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`it did not happen in ${milliseconds} ms: ${what()}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
