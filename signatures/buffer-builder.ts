/** Buffers under construction: their transforms and conditions, in the order of the rule. */
import type { BufferConditions, ContentMatch, Match, Position } from './signature.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A content whose modifiers may still follow. */
export type ContentUnderConstruction = Mutable<ContentMatch>;

/** A buffer's conditions under construction. */
export interface BufferUnderConstruction {
  readonly buffer: string;
  readonly transforms: Match[];
  readonly conditions: Match[];
  readonly direction?: 'to_server' | 'to_client';
  /** Where its keyword stands. */
  readonly at: Position;
}

/** The parts of a buffer under construction that become part of the signature. */
export function bufferConditions(buffer: BufferUnderConstruction): BufferConditions {
  const { transforms, conditions, direction } = buffer;
  return direction
    ? { buffer: buffer.buffer, transforms, conditions, direction }
    : { buffer: buffer.buffer, transforms, conditions };
}
