import { native } from '../native.js';

/**
 * CPU time of this thread: other threads on the same CPU do not count. Without the addon it is wall-clock time.
 * @returns milliseconds since an arbitrary point
 */
export function threadMilliseconds(): number {
  const addon = native();
  return addon ? addon.threadCpuSeconds() * 1000 : performance.now();
}
