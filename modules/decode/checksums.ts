/**
 * Whether TCP checksums are verified. Captures made on the sending host often lack them (offloading): when a tenth
 * of the first packets of a capture is wrong, they are no longer verified.
 */
import { INVALID_TCP_CHECKSUM, PACKETS } from './counters.js';
import type { Decoding } from './decoding.js';
import type { ChecksumMode } from './options.js';

const SAMPLE = 1000;
const WRONG_RATIO = 10;

export class Checksums {
  private sampling: boolean;
  /** Counts before this capture. */
  private packetsBefore = 0;
  private wrongBefore = 0;

  constructor(
    private readonly d: Decoding,
    private readonly mode: ChecksumMode,
  ) {
    this.sampling = mode === 'sample';
  }

  /** Starts a new capture. */
  begin(): void {
    if (this.mode !== 'sample') return;
    const { tally } = this.d;
    this.sampling = true;
    this.d.checksums = true;
    this.packetsBefore = tally.total(PACKETS);
    this.wrongBefore = tally.total(INVALID_TCP_CHECKSUM);
  }

  /** Evaluates the counts so far; called once per batch. */
  sample(): void {
    const { tally } = this.d;
    if (!this.sampling) return;
    const packets = tally.total(PACKETS) - this.packetsBefore;
    if (packets < SAMPLE) return;
    this.sampling = false;
    const wrong = tally.total(INVALID_TCP_CHECKSUM) - this.wrongBefore;
    if (wrong === 0 || packets / wrong >= WRONG_RATIO) return;
    this.d.checksums = false;
    this.d.thread.log.info(
      `${wrong} of ${packets} packets have an invalid TCP checksum, as in captures taken on the sending host: checksums are no longer verified`,
    );
  }
}
