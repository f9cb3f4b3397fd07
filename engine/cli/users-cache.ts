/** The folder of the user who runs the program for what can be made again, where the configuration names none. */
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { makeFolder } from '../make-folder.js';

/** Bytes of files from which on what is made of them is worth its place on disk. */
const LEAST = 256 << 10;
const WRITABLE_BY_OTHERS = 0o022;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A folder of this user's, made if need be. What lies in it is trusted like the program itself, so that nobody else may
 * write there.
 * @param files that something is made from: for small ones nothing is kept
 * @returns undefined where there is no such folder
 */
export function usersCache(
  files: readonly string[],
  environment: Environment = process.env,
): string | undefined {
  if (sizeOf(files) < LEAST) return undefined;
  try {
    const folder = placeIn(environment);
    makeFolder(folder, 0o700);
    const { uid, mode } = statSync(folder);
    return uid === process.geteuid?.() && (mode & WRITABLE_BY_OTHERS) === 0 ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** As systemd gives it to a service (systemd.exec(5)), or a desktop to its user (XDG Base Directory Specification). */
function placeIn({ CACHE_DIRECTORY, XDG_CACHE_HOME }: Environment): string {
  const ofService = CACHE_DIRECTORY?.split(':')[0];
  if (ofService) return ofService;
  const ofUser = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache');
  return join(ofUser, 'sluice');
}

/** Bytes of all of them together; what is not there has none. */
export function sizeOf(files: readonly string[]): number {
  let bytes = 0;
  for (const file of files) bytes += statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}
