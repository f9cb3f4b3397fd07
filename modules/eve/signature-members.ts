/** The constant members of `"alert":{…}`: created at a signature's first alert and cached. */
import type { AlertSignature, AlertSignatures } from '../../signatures/alert-signatures.js';
import type { AlertSettings } from './instance.js';

const encoder = new TextEncoder();

export interface KnownSignature {
  readonly signature: AlertSignature;
  /** JSON members without braces. */
  readonly members: Uint8Array;
}

export class SignatureMembers {
  /** Bounded by the number of signatures. */
  private readonly known = new Map<number, KnownSignature>();

  constructor(
    private readonly signatures: AlertSignatures,
    private readonly settings: AlertSettings,
  ) {}

  /** @throws RangeError when there is no such signature */
  at(index: number): KnownSignature {
    let known = this.known.get(index);
    if (!known) {
      const signature = this.signatures.at(index);
      known = { signature, members: encoder.encode(membersOf(signature, this.settings)) };
      this.known.set(index, known);
    }
    return known;
  }
}

function membersOf(signature: AlertSignature, settings: AlertSettings): string {
  const { gid, sid, rev, msg, category, priority, references, metadata, text } = signature;
  const members = { gid, signature_id: sid, rev, signature: msg, category, severity: priority };
  const more = {
    ...(settings.references && references.length > 0 && { references }),
    ...(settings.ruleMetadata && Object.keys(metadata).length > 0 && { metadata }),
    ...(settings.ruleText && { rule: text }),
  };
  return JSON.stringify({ ...members, ...more }).slice(1, -1);
}
