/**
 * A parsed signature: plain data (it is sent to other threads and cached as JSON), in the order in which its parts were
 * written. The meaning of a condition is known to the keyword that created it (see `keyword.ts`).
 */

export type Action =
  | 'alert'
  | 'pass'
  | 'drop'
  | 'reject'
  | 'rejectsrc'
  | 'rejectdst'
  | 'rejectboth'
  | 'config'
  | 'accept';

/** Scope of an action in firewall style, as in `accept:flow`. */
export type ActionScope = 'packet' | 'flow' | 'tx' | 'hook';

/** A position in a rule file: lines and columns count from 1, in UTF-16 units. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One condition. `kind` names the keyword whose compiler interprets the other fields. */
export interface Match {
  readonly kind: string;
  readonly [detail: string]: unknown;
}

/** Bytes to search for: the condition used for fast pattern selection and prefilters. */
export interface ContentMatch extends Match {
  readonly kind: 'content';
  /** The bytes, latin1 text. */
  readonly bytes: string;
  readonly nocase: boolean;
  readonly negated: boolean;
  /** Numbers, or names of variables set by byte_extract / byte_math. */
  readonly offset?: number | string;
  readonly depth?: number | string;
  readonly distance?: number | string;
  readonly within?: number | string;
  /** Same as offset 0 and a depth of its length, which are set as well. */
  readonly startswith?: boolean;
  readonly endswith?: boolean;
  readonly replace?: string;
  /** Selected by `fast_pattern`; `only` and chop as written. */
  readonly fastPattern?: boolean | { readonly offset: number; readonly length: number };
  /** It was written with `fast_pattern:only`. */
  readonly fastPatternOnly?: true;
}

/** Conditions on one buffer: all must hold in it, relative ones after the preceding match. */
export interface BufferConditions {
  /** `payload` (packet payload, or the stream for TCP), `pkt_data`, `http.uri`, `file.data`, … */
  readonly buffer: string;
  /** Transformations applied in order before matching. */
  readonly transforms: readonly Match[];
  readonly conditions: readonly Match[];
  /** Explicit direction of an ambiguous buffer in a transactional (`=>`) rule. */
  readonly direction?: 'to_server' | 'to_client';
}

/** Addresses of one side, variables resolved: inclusive ranges as hexadecimal texts (8 or 32 digits), sorted. */
export interface AddressSet {
  /** True if every address matches: the ranges are ignored. */
  readonly any: boolean;
  readonly v4: readonly (readonly [number, number])[];
  readonly v6: readonly (readonly [string, string])[];
}

/** Inclusive port ranges, sorted, negation resolved; `[[0, 65535]]` is any. */
export type PortSet = readonly (readonly [number, number])[];

export interface Signature {
  /** Index in the rule set, by which events and candidates refer to it. */
  index: number;
  readonly gid: number;
  readonly sid: number;
  readonly rev: number;
  readonly action: Action;
  /** After the action, as in `drop:flow`. */
  readonly scope?: ActionScope;
  /** An alert is requested besides the action: `accept:hook,alert`, or the keyword `alert`. */
  readonly alertToo?: boolean;
  /** A firewall rule also passes accepted traffic in threat detection: `accept:flow,pass:flow`. */
  readonly passToo?: ActionScope;
  /** A firewall rule, not one of threat detection. */
  readonly firewall?: true;
  readonly msg: string;
  readonly classtype?: string;
  /** Description of the classification. */
  readonly category: string;
  readonly priority: number;
  /** As "type,value". */
  readonly references: readonly string[];
  readonly metadata: Readonly<Record<string, readonly string[]>>;
  readonly target?: 'src_ip' | 'dest_ip';
  /** As written in the rule: tcp, udp, icmp, ip, http, tls, tcp-pkt, tcp-stream, pkthdr … */
  readonly protocol: string;
  /** Rule hook after the protocol, as in `http1:request_line`. */
  readonly hook?: string;
  readonly source: AddressSet;
  readonly destination: AddressSet;
  readonly sourcePorts: PortSet;
  readonly destinationPorts: PortSet;
  /** `->`, `<>` (both ways), `=>` (transactional). */
  readonly direction: '->' | '<>' | '=>';
  /** It uses old-style keywords such as http_uri, which are specific to HTTP/1. */
  readonly http1Only?: true;
  /** The keyword selected to find candidates, if it is not a content. */
  readonly prefilter?: string;
  /** Conditions on packet, flow and state, without a buffer. */
  readonly conditions: readonly Match[];
  readonly buffers: readonly BufferConditions[];
  /** Effects when all conditions hold: flowbits:set, tag, … */
  readonly effects: readonly Match[];
  readonly noalert: boolean;
  /** threshold, detection_filter and rate filters of the rule itself. */
  readonly thresholds: readonly Match[];
  /** Text of the rule as written, on one line. */
  readonly text: string;
  readonly position: Position;
}
