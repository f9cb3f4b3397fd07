/**
 * Where files of the program lie. Each build has a folder of its own in `dist/`, and a program stays with the one that
 * it was started from, whatever is built meanwhile.
 */
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BUILD = /^(.*\/)dist\/b-[^/]+\//.exec(import.meta.url);
const PACKAGE = BUILD ? BUILD[1]! : new URL('../', import.meta.url);
/** A `.ts` under test has no build: it uses the current one. */
const COMPILED = BUILD ? BUILD[0] : new URL('../dist/', import.meta.url);

/** Address of compiled code: threads and plugins run it, also when the caller is a `.ts` under test. */
export function compiled(path: string): URL {
  return new URL(path, COMPILED);
}

/** Keeps the folder of this build open, by which whoever builds anew sees that it is in use. */
export function holdBuild(): void {
  if (BUILD) openSync(fileURLToPath(BUILD[0]!), 'r');
}

/** Address of a file of the package that is not compiled. */
export function packaged(path: string): URL {
  return new URL(path, PACKAGE);
}
