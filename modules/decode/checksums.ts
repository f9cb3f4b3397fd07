/**
 * Whether TCP checksums are verified. Captures made on the sending host often have none yet (offloading): when a tenth
 * of the first packets is wrong, they are not verified any more.
 */
import type { Decoding } from './decoding.js';
import type { ChecksumMode } from './options.js';

const SAMPLE = 1000;
const WRONG_RATIO = 10;

export class Checksums {
  private sampling: boolean;

  constructor(
    private readonly d: Decoding,
    mode: ChecksumMode,
  ) {
    this.sampling = mode === 'sample';
  }

  /** Looks at what was found so far; called once a batch. */
  sample(): void {
    const { counts, c } = this.d;
    if (!this.sampling || counts[c.packets]! < SAMPLE) return;
    this.sampling = false;
    const wrong = counts[c.invalidTcpChecksum]!;
    if (wrong === 0 || counts[c.packets]! / wrong >= WRONG_RATIO) return;
    this.d.checksums = false;
    this.d.thread.log.info(
      `${wrong} of ${counts[c.packets]} packets have a wrong TCP checksum, as captures of the sending host do: they are not verified any more`,
    );
  }
}
