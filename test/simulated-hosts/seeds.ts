/** `SEEDS=20 FIRST=5 npx vitest run test/simulated-hosts` lets the hosts have other conversations, and more of them. */

/** @param count how many seeds there are where nobody says */
export function seedsOf(count: number): readonly number[] {
  const first = Number(process.env['FIRST'] ?? 1);
  return Array.from({ length: Number(process.env['SEEDS'] ?? count) }, (_, i) => first + i);
}
