/** A detection as prepared by the main thread for the others: plain data, and its code as text. */
import type { Permission } from '../detection.js';
import type { TablePlan } from './shared-table.js';

/** Name in `thread.shared` of the prepared detections. */
export const DETECTIONS = 'detections';

/** Signature numbers of detections in alerts start here; see `alert-signatures.ts`. */
export const FIRST_DETECTION = 1 << 28;

/** One alternative for matching a flow: protocols, addresses and ports as in signatures. */
export interface FlowPattern {
  /** IP protocol numbers; empty: any. */
  readonly transports: readonly number[];
  readonly client: EndpointPattern;
  readonly server: EndpointPattern;
  /** The reverse direction matches as well. */
  readonly bothWays: boolean;
  /** Contents that must match at the beginning of one side: conditions of the signature language. */
  readonly contents: readonly unknown[];
  /** The side they are searched in. */
  readonly contentsOfServer: boolean;
}

export interface EndpointPattern {
  readonly anyAddress: boolean;
  readonly v4: readonly (readonly [number, number])[];
  /** As hexadecimal texts of 32 digits. */
  readonly v6: readonly (readonly [string, string])[];
  readonly ports: readonly (readonly [number, number])[];
}

export interface PreparedDetection {
  readonly name: string;
  readonly file: string;
  readonly code: string;
  /** See `Bundle.map`. */
  readonly map: string;
  /** Number of its signature, from `FIRST_DETECTION` on. */
  readonly signature: number;
  readonly when: FlowPattern;
  /** Permitted actions, as restricted by the configuration. */
  readonly may: readonly Permission[];
  readonly tables: readonly (TablePlan & { readonly buffer: SharedArrayBuffer })[];
}

/** What outputs log about a detection; has the shape of a signature with alerts. */
export interface DetectionSignature {
  readonly action: 'alert';
  readonly gid: number;
  readonly sid: number;
  readonly rev: number;
  readonly msg: string;
  readonly category: string;
  readonly priority: number;
  readonly metadata: Readonly<Record<string, readonly string[]>>;
  readonly references: readonly string[];
  readonly text: string;
  /** Of `threshold-file`: conditions of the signature language. */
  readonly thresholds: readonly unknown[];
}

export interface Detections {
  readonly list: readonly PreparedDetection[];
  /** By number, counted from `FIRST_DETECTION`; extended by reloads, so that older alerts keep their numbers. */
  readonly signatures: readonly DetectionSignature[];
}
