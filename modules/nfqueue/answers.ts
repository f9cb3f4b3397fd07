/** Answers to the kernel: netfilter's verdict and the mark, from the engine's verdict and the mode. */

import type { Config } from '../../engine/config/config.js';
import { VERDICT_SET_MARK } from '../../engine/native/queue.js';
import * as Packet from '../../engine/packet.js';
import { isDrop } from '../../engine/verdict.js';
import { BYPASS_MARK, BYPASS_MASK, MODE, REPEAT_MARK, REPEAT_MASK, ROUTE_QUEUE } from './options.js';

export const NF_DROP = 0;
export const NF_ACCEPT = 1;
const NF_QUEUE = 3;
const NF_REPEAT = 4;

export class Answers {
  private readonly pass: number;
  private readonly repeat: boolean;
  private readonly repeatMark: number;
  private readonly repeatMask: number;
  private readonly bypassMark: number;
  private readonly bypassMask: number;

  constructor(config: Config) {
    const mode = config.read(MODE);
    // The upper half is the queue number.
    this.pass =
      mode === 'accept'
        ? NF_ACCEPT
        : mode === 'repeat'
          ? NF_REPEAT
          : (config.read(ROUTE_QUEUE) << 16) | NF_QUEUE;
    this.repeat = mode === 'repeat';
    this.repeatMark = config.read(REPEAT_MARK);
    this.repeatMask = config.read(REPEAT_MASK);
    this.bypassMark = config.read(BYPASS_MARK);
    this.bypassMask = config.read(BYPASS_MASK);
  }

  /** Netfilter's verdict. */
  verdictOf(verdict: number): number {
    return isDrop(verdict) ? NF_DROP : this.pass;
  }

  /** The mark that the packet gets. @param mark its current mark, or the one set by rules */
  markOf(verdict: number, mark: number): number {
    if (isDrop(verdict)) return mark;
    const repeated = this.repeat ? masked(mark, this.repeatMark, this.repeatMask) : mark;
    return verdict === Packet.VERDICT_BYPASS ? masked(repeated, this.bypassMark, this.bypassMask) : repeated;
  }

  /** Flags of the message. Zero is set like any other mark: rules may have cleared the mark of the packet. */
  flagsOf(verdict: number): number {
    return isDrop(verdict) ? 0 : VERDICT_SET_MARK;
  }
}

function masked(mark: number, bits: number, mask: number): number {
  return ((mark & ~mask) | (bits & mask)) >>> 0;
}
