/** `SEEDS=20 FIRST=5 npx vitest run test/simulated-hosts` runs other conversations, and more of them. */

/** @param count number of seeds by default */
export function seedsOf(count: number): readonly number[] {
  const first = Number(process.env['FIRST'] ?? 1);
  return Array.from({ length: Number(process.env['SEEDS'] ?? count) }, (_, i) => first + i);
}
