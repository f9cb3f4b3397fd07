/** What outputs report about an alerting signature, from the compiled rule set shared by all threads. */
import { DETECTIONS, type Detections, FIRST_DETECTION } from '../engine/detection/prepared.js';
import { type RuleSetImage, signatureAt } from './compile/image.js';
import type { Action, Signature } from './signature.js';

export interface AlertSignatures {
  /**
   * @param index EVENT_SIGNATURE of an alert or drop event
   * @throws RangeError when there is no such signature
   */
  at(index: number): AlertSignature;
}

export interface AlertSignature
  extends Pick<Signature, 'gid' | 'sid' | 'rev' | 'msg' | 'category' | 'metadata'> {
  readonly action: Action;
  /** EVE's severity. */
  readonly priority: number;
  /** For display: the prefix of the reference's type, then its value. */
  readonly references: readonly string[];
  readonly target?: 'src_ip' | 'dest_ip';
  /** The rule as written, on one line. */
  readonly text: string;
}

/** @param shared `Thread.shared`: `rules` is the rule set, undefined when none is loaded */
export function alertSignatures(shared: Readonly<Record<string, unknown>>): AlertSignatures {
  const image = shared.rules as RuleSetImage | undefined;
  const detections = shared[DETECTIONS] as Detections | undefined;
  return {
    at(index) {
      const detection = detections?.signatures[index - FIRST_DETECTION];
      if (detection) return detection;
      if (!image || index < 0 || index >= image.count)
        throw new RangeError(`no signature has the index ${index}`);
      const signature = signatureAt(image, index);
      return {
        ...signature,
        references: signature.references.map(each => shown(each, image.referenceSystems)),
      };
    },
  };
}

/** `cve,2014-0160` with the prefix of its type; unchanged if the type has no prefix. */
function shown(reference: string, systems: Readonly<Record<string, string>>): string {
  const comma = reference.indexOf(',');
  const type = reference.slice(0, comma);
  const value = reference.slice(comma + 1);
  // The value already contains its URL scheme.
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return value;
  return `${systems[type.toLowerCase()] ?? `${type}:`}${value}`;
}
