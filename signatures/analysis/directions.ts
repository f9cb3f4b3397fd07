/** Directions in which signatures and their buffers are inspected. */
import type { Protocol } from '../../engine/protocol.js';
import { isApplicationBuffer } from '../compile/traits.js';
import type { Signature } from '../signature.js';

/** Directions in which the signature can match: those it asks for, or those in which its buffers exist. */
export function directionsOfRule(
  signature: Signature,
  protocols: readonly Protocol[],
): readonly [toServer: boolean, toClient: boolean] {
  const flow = signature.conditions.find(match => match.kind === 'flow')?.direction;
  const ofBuffers = signature.buffers
    .filter(isApplicationBuffer)
    .map(each => each.direction ?? declarationOf(each.buffer, protocols)?.direction ?? 'either');
  const asks = (direction: 'to_server' | 'to_client') =>
    flow === direction || (flow === undefined && ofBuffers.includes(direction));
  return asks('to_server') !== asks('to_client') ? [asks('to_server'), asks('to_client')] : [true, true];
}

/** Directions of an engine, restricted to those of the signature. */
export function directionsOf(
  signature: Signature,
  direction: 'to_server' | 'to_client' | 'either',
): string[] {
  const flow = signature.conditions.find(match => match.kind === 'flow')?.direction;
  return (['to_server', 'to_client'] as const)
    .filter(each => (direction === 'either' || direction === each) && (flow === undefined || flow === each))
    .map(each => each.replace('_', ''));
}

/** The first protocol that provides a keyword's buffer. */
export function declarationOf(keyword: string, protocols: readonly Protocol[]) {
  for (const protocol of protocols) {
    const buffer = protocol.buffers.find(each => each.keyword === keyword);
    if (buffer) return { app_proto: protocol.name, direction: buffer.direction, progress: buffer.progress };
  }
  return undefined;
}
