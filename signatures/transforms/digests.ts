/** to_md5, to_sha1, to_sha256: replace the buffer by its digest, as bytes. */
import { createHash } from 'node:crypto';
import type { Transform } from '../transform.js';

function digest(algorithm: string): Transform {
  return {
    name: `to_${algorithm}`,
    summary: `${algorithm.toUpperCase()} digest of the buffer.`,
    grammar: '',
    compile: () => bytes => createHash(algorithm).update(bytes).digest(),
  };
}

export const digestTransforms: readonly Transform[] = [digest('md5'), digest('sha1'), digest('sha256')];
