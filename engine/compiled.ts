/**
 * Locations of program files. Each build has its own folder in `dist/`, and a process keeps using the one it was
 * started from, even if another is built meanwhile.
 */
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BUILD = /^(.*\/)dist\/b-[^/]+\//.exec(import.meta.url);
const PACKAGE = BUILD ? BUILD[1]! : new URL('../', import.meta.url);
/** A `.ts` file under test is not part of a build: it uses the current one. */
const COMPILED = BUILD ? BUILD[0] : new URL('../dist/', import.meta.url);

/** URL of compiled code, which threads and plugins run even if the caller is a `.ts` file under test. */
export function compiled(path: string): URL {
  return new URL(path, COMPILED);
}

/** Keeps the folder of this build open, so that a later build sees that it is in use. */
export function holdBuild(): void {
  if (BUILD) openSync(fileURLToPath(BUILD[0]!), 'r');
}

/** URL of a file of the package that is not compiled. */
export function packaged(path: string): URL {
  return new URL(path, PACKAGE);
}
