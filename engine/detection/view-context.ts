/** The data source of the views that detections get: one object per thread and detection. */
import type { FlowRows } from '../flow/flow-record.js';
import type { Memory } from '../memory.js';
import type { PacketView } from './packet-view.js';

/** Flowbits, by their name in signatures. */
export interface FlowBits {
  has(flow: number, name: string): boolean;
  set(flow: number, name: string, value: boolean): void;
  /** The flow is over. */
  release(flow: number): void;
}

export interface ViewContext {
  readonly memory: Memory;
  readonly flows: FlowRows;
  readonly bits: FlowBits;
  applicationName(number: number): string | undefined;
  /** The current packet. */
  readonly packet: PacketView;
}

/** The same for one detection. */
export interface DetectionContext extends ViewContext {
  /** Maximum bytes it may hold of each side. */
  readonly maxHeld: number;
}
