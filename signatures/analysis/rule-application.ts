/** The application protocol and the type of a signature, in the terms of engine analysis. */
import type { Protocol } from '../../engine/protocol.js';
import { IP_ONLY, isApplicationBuffer, KIND_NAMES, LIKE_IP_ONLY } from '../compile/traits.js';
import type { Signature } from '../signature.js';
import type { AnalyzedRule } from './analyzed-rule.js';
import { declarationOf } from './directions.js';

/** `http_any` is any HTTP version, `http` is version 1. */
export function applicationOf(signature: Signature, protocols: readonly Protocol[]): string {
  const { protocol } = signature;
  const isKnown = protocols.some(each => each.name === protocol || each.ruleNames?.includes(protocol));
  const name = isKnown ? protocol : ofBuffers(signature, protocols);
  if (name === 'http1') return 'http';
  return name === 'http' && !signature.http1Only ? 'http_any' : name;
}

function ofBuffers(signature: Signature, protocols: readonly Protocol[]): string {
  for (const { buffer } of signature.buffers.filter(isApplicationBuffer)) {
    const declared = declarationOf(buffer, protocols);
    if (declared && !buffer.startsWith('file.')) return declared.app_proto;
  }
  return 'unknown';
}

/** Negated addresses turn an IP-only signature into "like IP-only". */
export function typeOf({ signature, traits }: AnalyzedRule): string {
  const negated = traits.kind === IP_ONLY && hasNegatedAddress(signature);
  return KIND_NAMES[negated ? LIKE_IP_ONLY : traits.kind]!;
}

function hasNegatedAddress({ text }: Signature): boolean {
  const header = text.slice(0, text.indexOf('('));
  return header.includes('!');
}
