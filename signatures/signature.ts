/**
 * A signature after parsing: plain data (it travels to other threads and into the cache as JSON), in the order in
 * which its parts were written. What a condition means is known to the keyword that made it (see `keyword.ts`).
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

/** What an action of firewall style applies to, as in `accept:flow`. */
export type ActionScope = 'packet' | 'flow' | 'tx' | 'hook';

/** Where something stands in a rules file: lines and columns count from 1, in UTF-16 units. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One condition. `kind` names the keyword whose `compile` understands the rest. */
export interface Match {
  readonly kind: string;
  readonly [detail: string]: unknown;
}

/** Bytes to look for: the condition that fast pattern selection and prefilters work with. */
export interface ContentMatch extends Match {
  readonly kind: 'content';
  /** The bytes, latin1 text. */
  readonly bytes: string;
  readonly nocase: boolean;
  readonly negated: boolean;
  /** Numbers, or the name of a variable set by byte_extract / byte_math. */
  readonly offset?: number | string;
  readonly depth?: number | string;
  readonly distance?: number | string;
  readonly within?: number | string;
  /** Same as offset 0 and depth of its length, which are set too. */
  readonly startswith?: boolean;
  readonly endswith?: boolean;
  readonly replace?: string;
  /** Chosen by `fast_pattern`; `only` and chop as written. */
  readonly fastPattern?: boolean | { readonly offset: number; readonly length: number };
  /** It was written with `fast_pattern:only`. */
  readonly fastPatternOnly?: true;
}

/** Conditions on one buffer: all must hold in it, relative ones to the one before. */
export interface BufferConditions {
  /** `payload` (packet payload, or the stream for TCP), `pkt_data`, `http.uri`, `file.data`, … */
  readonly buffer: string;
  /** Transformations applied in order before matching. */
  readonly transforms: readonly Match[];
  readonly conditions: readonly Match[];
  /** Direction written by hand for an ambiguous buffer in a transactional (`=>`) rule. */
  readonly direction?: 'to_server' | 'to_client';
}

/** Addresses of one side, variables resolved: inclusive ranges as hexadecimal texts (8 or 32 digits), sorted. */
export interface AddressSet {
  /** True when every address matches: the ranges are not looked at. */
  readonly any: boolean;
  readonly v4: readonly (readonly [number, number])[];
  readonly v6: readonly (readonly [string, string])[];
}

/** Inclusive port ranges, sorted, negation resolved; `[[0, 65535]]` is any. */
export type PortSet = readonly (readonly [number, number])[];

export interface Signature {
  /** Index in the rule set: what events and candidates name it by. */
  index: number;
  readonly gid: number;
  readonly sid: number;
  readonly rev: number;
  readonly action: Action;
  /** Behind the action, as in `drop:flow`. */
  readonly scope?: ActionScope;
  /** An alert is asked for beside the action: `accept:hook,alert`, or the keyword `alert`. */
  readonly alertToo?: boolean;
  /** A firewall rule lets threat detection pass what it accepts: `accept:flow,pass:flow`. */
  readonly passToo?: ActionScope;
  /** It is a rule of the firewall, not of threat detection. */
  readonly firewall?: true;
  readonly msg: string;
  readonly classtype?: string;
  /** Text of the classification. */
  readonly category: string;
  readonly priority: number;
  /** As "type,value". */
  readonly references: readonly string[];
  readonly metadata: Readonly<Record<string, readonly string[]>>;
  readonly target?: 'src_ip' | 'dest_ip';
  /** As written in the rule: tcp, udp, icmp, ip, http, tls, tcp-pkt, tcp-stream, pkthdr … */
  readonly protocol: string;
  /** Rule hook behind the protocol, as in `http1:request_line`. */
  readonly hook?: string;
  readonly source: AddressSet;
  readonly destination: AddressSet;
  readonly sourcePorts: PortSet;
  readonly destinationPorts: PortSet;
  /** `->`, `<>` (both ways), `=>` (transactional). */
  readonly direction: '->' | '<>' | '=>';
  /** It uses keywords of the older form, such as http_uri, which are about HTTP/1 alone. */
  readonly http1Only?: true;
  /** The keyword that is to find candidates, where it is no content. */
  readonly prefilter?: string;
  /** Conditions on packet, flow and state, without a buffer. */
  readonly conditions: readonly Match[];
  readonly buffers: readonly BufferConditions[];
  /** What is done when all conditions hold: flowbits:set, tag, … */
  readonly effects: readonly Match[];
  readonly noalert: boolean;
  /** threshold, detection_filter, rate filter of the rule itself. */
  readonly thresholds: readonly Match[];
  /** Text of the rule as written, on one line. */
  readonly text: string;
  readonly position: Position;
}
