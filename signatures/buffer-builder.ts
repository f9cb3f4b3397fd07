/** Buffers under construction: their transforms and conditions, in rule order. */
import type { BufferConditions, ContentMatch, Match, Position } from './signature.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A content that may still get modifiers. */
export type ContentUnderConstruction = Mutable<ContentMatch>;

/** The conditions on a buffer under construction. */
export interface BufferUnderConstruction {
  readonly buffer: string;
  readonly transforms: Match[];
  readonly conditions: Match[];
  readonly direction?: 'to_server' | 'to_client';
  /** Position of its keyword. */
  readonly at: Position;
}

/** The parts of a buffer under construction that belong to the signature. */
export function bufferConditions(buffer: BufferUnderConstruction): BufferConditions {
  const { transforms, conditions, direction } = buffer;
  return direction
    ? { buffer: buffer.buffer, transforms, conditions, direction }
    : { buffer: buffer.buffer, transforms, conditions };
}
