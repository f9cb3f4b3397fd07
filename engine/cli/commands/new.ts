export async function command(_: readonly string[]): Promise<number> {
  return 0;
}
