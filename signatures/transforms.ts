/** All transforms. */
import type { Transform } from './transform.js';
import { decodingTransforms } from './transforms/decodings.js';
import { digestTransforms } from './transforms/digests.js';
import { letterTransforms } from './transforms/letters.js';
import { luaTransforms } from './transforms/lua.js';
import { partTransforms } from './transforms/parts.js';

export const TRANSFORMS: readonly Transform[] = [
  ...letterTransforms,
  ...digestTransforms,
  ...decodingTransforms,
  ...partTransforms,
  ...luaTransforms,
];
