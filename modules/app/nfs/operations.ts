/** Operations of version 4 (RFC 7530 16): their numbers, and the parts common to arguments and results. */
import type { FileData } from './call.js';
import type { Xdr } from './xdr.js';

export const MAX_HANDLE_LENGTH = 128;
const MAX_ATTRIBUTES_LENGTH = 65536;
export const MAX_OPERATIONS = 64;
/** Bytes of the stateid of an open file. */
export const STATE = 16;

export const CLOSE = 4;
export const COMMIT = 5;
export const CREATE = 6;
export const GETFH = 10;
export const LOOKUP = 15;
export const OPEN = 18;
export const PUTFH = 22;
export const READ = 25;
export const REMOVE = 28;
export const RENAME = 29;
export const WRITE = 38;

/** File data, read up to its length. */
export function dataOf(xdr: Xdr): FileData {
  const length = xdr.uint32();
  return { at: xdr.at, length };
}

/** A bitmap of attributes, in words. */
export function skipBitmap(xdr: Xdr): void {
  const words = xdr.uint32();
  if (words > 16) xdr.failed = true;
  else xdr.skip(4 * words);
}

/** Attributes with their values. */
export function skipAttributes(xdr: Xdr): void {
  skipBitmap(xdr);
  xdr.opaque(MAX_ATTRIBUTES_LENGTH);
}
