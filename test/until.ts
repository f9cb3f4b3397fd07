/** Waits until a condition in another process holds; fails with `what` after a timeout. */
export async function until(holds: () => boolean, what: () => string, milliseconds = 20_000): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`timeout after ${milliseconds} ms: ${what()}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
