/** Time of parts of a program, each without the time of the parts it calls. */
export class SelfClock {
  private readonly spent = new Map<string, number>();
  private readonly open: string[] = [];
  private since = 0;

  enter(name: string): void {
    this.charge();
    this.open.push(name);
  }

  leave(): void {
    this.charge();
    this.open.pop();
  }

  milliseconds(): Record<string, number> {
    return Object.fromEntries(this.spent);
  }

  private charge(): void {
    const now = performance.now();
    const running = this.open.at(-1);
    if (running !== undefined) this.spent.set(running, (this.spent.get(running) ?? 0) + now - this.since);
    this.since = now;
  }
}
