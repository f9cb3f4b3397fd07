/**
 * The latest TCP data packets of flows that are not written so far: when a flow gets its alert, the data that caused
 * it has already passed. A ring of bytes: the oldest packets of all flows are overwritten first.
 */

/** Before each frame: start of the previous one of the same flow (float64, -1: none), and its length. */
const PREVIOUS = 0;
const LENGTH = 8;
const HEADER = 12;

export class History {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  /** Bytes written so far: the offset in the ring is this modulo its size. */
  private position = 0;
  /** For each flow, start of its latest frame, plus one; 0 when there is none. */
  private readonly latest: Float64Array;

  /** @param size of the ring in bytes  @param flows rows of the flow table */
  constructor(
    private readonly size: number,
    flows: number,
  ) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
    this.latest = new Float64Array(flows);
  }

  append(flow: number, frame: Uint8Array, length: number): void {
    const needed = HEADER + length;
    if (needed > this.size) return;
    const left = this.size - (this.position % this.size);
    if (left < needed) this.position += left;
    const at = this.position % this.size;
    this.view.setFloat64(at + PREVIOUS, this.latest[flow]! - 1, true);
    this.view.setUint32(at + LENGTH, length, true);
    this.bytes.set(frame.subarray(0, length), at + HEADER);
    this.latest[flow] = this.position + 1;
    this.position += needed;
  }

  /** Passes the frames of a flow to `take`, oldest first, and removes them. */
  takeFlow(flow: number, take: (bytes: Uint8Array, start: number, end: number) => void): void {
    const places: number[] = [];
    for (let place = this.latest[flow]! - 1; this.holds(place); ) {
      const at = place % this.size;
      places.push(at);
      place = this.view.getFloat64(at + PREVIOUS, true);
    }
    this.forget(flow);
    for (const at of places.reverse())
      take(this.bytes, at + HEADER, at + HEADER + this.view.getUint32(at + LENGTH, true));
  }

  forget(flow: number): void {
    this.latest[flow] = 0;
  }

  private holds(place: number): boolean {
    return place >= 0 && this.position - place <= this.size;
  }
}
