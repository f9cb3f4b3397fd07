/** Application protocols by number, and sets of them: what one signature applies to. */

/** Room in `applicationSets` for one set. */
export const APPLICATIONS = 64;

/** Numbers application protocols and sets of them. */
export class ApplicationSets {
  readonly names: string[] = [];
  private readonly sets = new Map<string, number>();
  private readonly members: number[][] = [];

  /** Number of a set of protocol names; -1 for any. Names beyond the room of a set never match. */
  setOf(names: readonly string[]): number {
    if (names.length === 0) return -1;
    const key = names.join();
    let set = this.sets.get(key);
    if (set === undefined) {
      set = this.members.push(names.map(name => this.numberOf(name)).filter(n => n < APPLICATIONS)) - 1;
      this.sets.set(key, set);
    }
    return set;
  }

  table(): Uint8Array {
    const table = new Uint8Array(new SharedArrayBuffer(Math.max(1, this.members.length * APPLICATIONS)));
    this.members.forEach((numbers, set) => {
      for (const number of numbers) table[set * APPLICATIONS + number] = 1;
    });
    return table;
  }

  private numberOf(name: string): number {
    const known = this.names.indexOf(name);
    return known >= 0 ? known : this.names.push(name) - 1;
  }
}
