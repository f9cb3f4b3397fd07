/** How a protocol is recognised by the first bytes of a flow. */

/** Bytes by which a protocol is recognised at the beginning of a direction. */
export interface RecognitionPattern {
  readonly toServer: boolean;
  /** As latin1 text. */
  readonly bytes: string;
  readonly nocase?: boolean;
  /**
   * First offset at which it may match, and end (exclusive) of the bytes it may cover; defaults 0 and offset + length.
   */
  readonly offset?: number;
  readonly depth?: number;
  /** Name of a protocol whose flows begin alike: the pattern is ignored if the other direction is of that protocol. */
  readonly notBeside?: string;
}

/** Result of a probe on the first bytes: `more` waits for further data. */
export type ProbeResult = 'yes' | 'no' | 'more' | 'yes-but-reversed';

/** Examines `bytes[start, end)`, the beginning of one direction. */
export type Probe = (
  bytes: Uint8Array,
  start: number,
  end: number,
  toServer: boolean,
  transport: 'tcp' | 'udp',
) => ProbeResult;

export interface Recognition {
  readonly patterns?: readonly RecognitionPattern[];
  /** Server ports (`53`, `443`) whose flows are probed, per transport; `app-layer.protocols.NAME.detection-ports.dp` overrides. */
  readonly ports?: { readonly tcp?: readonly number[]; readonly udp?: readonly number[] };
  probe?: Probe;
}
