import { native } from '../native.js';

/**
 * How long this thread has worked: what others on the same processor do does not count. Without the addon it is the time
 * that passes.
 * @returns milliseconds from some moment
 */
export function threadMilliseconds(): number {
  const addon = native();
  return addon ? addon.threadCpuSeconds() * 1000 : performance.now();
}
