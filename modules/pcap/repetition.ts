/**
 * Time between the last packet of one pass over the captures and the first of the next: flows have timed out by then.
 */
const PAUSE_SECONDS = 3600;

/** Captures that are read repeatedly: packet time continues, as if the same packets came later. */
export class Repetition {
  private pass = 0;
  private shift = 0;
  private first = 0;
  private last = 0;

  /** A file of this pass begins. */
  begin(pass: number): void {
    if (pass === this.pass) return;
    this.pass = pass;
    if (this.last > 0) this.shift += this.last - this.first + PAUSE_SECONDS;
    this.first = 0;
    this.last = 0;
  }

  /** @param seconds of the packet in its capture  @returns its adjusted time */
  time(seconds: number): number {
    const now = seconds + this.shift;
    if (this.first === 0 || now < this.first) this.first = now;
    if (now > this.last) this.last = now;
    return now;
  }
}
