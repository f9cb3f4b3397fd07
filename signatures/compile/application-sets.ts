/** Application protocols by number, and the sets of them to which signatures apply. */

/** Assigns numbers to application protocols and to sets of them. */
export class ApplicationSets {
  readonly names: string[] = [];
  private readonly sets = new Map<string, number>();
  private readonly members: number[][] = [];

  /** Number of a set of protocol names; -1 for any. */
  setOf(names: readonly string[]): number {
    if (names.length === 0) return -1;
    const key = names.join();
    let set = this.sets.get(key);
    if (set === undefined) {
      set = this.members.push(names.map(name => this.numberOf(name))) - 1;
      this.sets.set(key, set);
    }
    return set;
  }

  /** For each set one byte for each name: 1 if the set contains it. */
  table(): Uint8Array {
    const width = this.names.length;
    const table = new Uint8Array(new SharedArrayBuffer(Math.max(1, this.members.length * width)));
    this.members.forEach((numbers, set) => {
      for (const number of numbers) table[set * width + number] = 1;
    });
    return table;
  }

  private numberOf(name: string): number {
    const known = this.names.indexOf(name);
    return known >= 0 ? known : this.names.push(name) - 1;
  }
}

/**
 * Whether a set contains an application protocol.
 * @param set its number; below 0 for any  @param application protocol number; below 0 for an unknown one
 */
export function holdsApplication(
  image: { readonly applicationNames: readonly string[]; readonly applicationSets: Uint8Array },
  set: number,
  application: number,
): boolean {
  if (set < 0) return true;
  return application >= 0 && image.applicationSets[set * image.applicationNames.length + application] === 1;
}
