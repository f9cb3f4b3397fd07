/**
 * The native addon, loaded in this file only and typed in the folder `native`. Everything except live capture has a
 * pure TypeScript counterpart; `native()` is `undefined` if the addon is not built, and `nativeProblem()` gives the
 * reason.
 *
 * Bytes are passed as one Uint8Array over the shared memory plus offsets into it, so nothing is copied and one call
 * serves a whole batch. Numbers that identify databases and expressions are valid in every thread of the process.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { packaged } from './compiled.js';
import type { NativeExpressions } from './native/expressions.js';
import type { NativePacketSockets } from './native/packet-socket.js';
import type { NativePatterns } from './native/patterns.js';
import type { NativeQueues } from './native/queue.js';
import type { NativeSystem } from './native/system.js';

export interface Native
  extends NativePatterns,
    NativeExpressions,
    NativeQueues,
    NativePacketSockets,
    NativeSystem {
  /** Versions of its libraries: `{ hyperscan, pcre2 }`; `hyperscan` only if the CPU supports it. */
  readonly versions: Record<string, string>;

  /**
   * Loads a database of libmagic for this thread; the system's own for an empty path.
   * @returns false if there is no libmagic, or no such database
   */
  loadMagic(database: string): boolean;
  /** The type of a file by its first bytes, as described by file(1); undefined without a database. */
  kindOfFile(bytes: Uint8Array): string | undefined;

  /**
   * Internet checksum (RFC 1071) over `bytes[offset, offset+length)`, as written to a header; 0 if the data contains
   * its correct checksum. `initial`: a sum of 16-bit words to start from, below 2^32.
   */
  checksum(bytes: Uint8Array, offset: number, length: number, initial: number): number;
}

let loaded: Native | undefined;
let problem: string | undefined;

/** The addon, or undefined if it is not built or `SLUICE_NATIVE=off`. */
export function native(): Native | undefined {
  if (!loaded && problem === undefined) load();
  return loaded;
}

/** Why `native()` is undefined, in one line. */
export function nativeProblem(): string | undefined {
  native();
  return problem;
}

function load(): void {
  if (process.env['SLUICE_NATIVE'] === 'off') {
    problem = 'disabled by SLUICE_NATIVE=off';
    return;
  }
  const path = fileURLToPath(packaged('native/build/Release/sluice.node'));
  try {
    loaded = createRequire(import.meta.url)(path) as Native;
  } catch (error) {
    const setup = fileURLToPath(packaged('engine/setup/setup.mjs'));
    problem = `the addon is not built (${(error as Error).message.split('\n')[0]}); run: node ${setup}`;
  }
}
