/** How a protocol is recognised by the first bytes of a conversation. */

/** Bytes by which a protocol is recognised at the beginning of a direction. */
export interface RecognitionPattern {
  readonly toServer: boolean;
  /** latin1 text. */
  readonly bytes: string;
  readonly nocase?: boolean;
  /** First place where it may stand, and one behind the last byte it may cover; defaults 0 and offset + length. */
  readonly offset?: number;
  readonly depth?: number;
  /** Name of a protocol whose conversations begin alike: nothing is said where the other direction is of it. */
  readonly notBeside?: string;
}

/** What a probing parser says of the first bytes: `more` waits for further data. */
export type ProbeResult = 'yes' | 'no' | 'more' | 'yes-but-reversed';

/** Looks at `bytes[start, end)`, the beginning of one direction. */
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
