/**
 * A chunk of a stream: a row of int32 that is a node of a tree and of a list (see `chunk-tree.ts`). It owns the bytes
 * [START, END) and remembers the whole extent of the segment they came in.
 */

export const INTS = 16;

export const LEFT = 0;
export const RIGHT = 1;
export const PARENT = 2;
/** 1: red. */
export const COLOR = 3;
export const NEXT = 4;
export const PREVIOUS = 5;
export const START = 6;
export const END = 7;
/** Extent of the segment. */
export const ORIGINAL_START = 8;
export const ORIGINAL_END = 9;
/** Block with the data; -1 when it is in the buffer of the contiguous data. */
export const BLOCK = 10;
/** Position of the block's first byte. */
export const BLOCK_START = 11;
