/** The members of `"alert":{…}` that are the same each time: made at a signature's first alert and kept. */
import type { AlertSignature, AlertSignatures } from '../../engine/alert-signature.js';
import type { AlertSettings } from './instance.js';

const encoder = new TextEncoder();

export class SignatureMembers {
  /** Bounded by the number of signatures. */
  private readonly known = new Map<number, Uint8Array>();

  constructor(
    private readonly signatures: AlertSignatures,
    private readonly settings: AlertSettings,
  ) {}

  signature(index: number): AlertSignature {
    return this.signatures.at(index);
  }

  /** JSON members without braces. */
  at(index: number): Uint8Array {
    let members = this.known.get(index);
    if (!members) {
      members = encoder.encode(membersOf(this.signatures.at(index), this.settings));
      this.known.set(index, members);
    }
    return members;
  }
}

function membersOf(signature: AlertSignature, settings: AlertSettings): string {
  const { gid, sid, rev, msg, category, priority, references, metadata, text, engine } = signature;
  const members = { gid, signature_id: sid, rev, signature: msg, category, severity: priority };
  const more = {
    ...(settings.references && references.length > 0 && { references }),
    ...(settings.ruleMetadata && Object.keys(metadata).length > 0 && { metadata }),
    ...(settings.ruleText && { rule: text }),
    ...(engine !== undefined && { engine }),
  };
  return JSON.stringify({ ...members, ...more }).slice(1, -1);
}
