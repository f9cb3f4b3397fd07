/** Versions in the notation of tests: `8`, `8.0`, `8.0.7`. Only the given parts are compared. */

/** The version of Suricata whose rules, options and records the tests are compared with. */
export const TARGET_VERSION = '8.0.7';

/**
 * @returns below 0, 0 or above 0 if `target` is older than, equal to or newer than `wanted`, in the parts given by
 * `wanted`
 */
export function compareVersion(target: string, wanted: string): number {
  const have = target.split('.').map(Number);
  const parts = wanted.split('.').map(Number);
  for (let i = 0; i < parts.length; i++) {
    const difference = (have[i] ?? 0) - parts[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
