/** The user's cache folder, if the configuration names none. */
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { makeFolder } from '../make-folder.js';

/** Total file size in bytes from which caching is worth the disk space. */
const MIN_RULE_BYTES = 256 << 10;
const WRITABLE_BY_OTHERS = 0o022;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A folder of this user, created if needed. Its contents are trusted like the program itself, so nobody else may have
 * write permission.
 * @param files that the cached data is made from: for small ones nothing is cached
 * @returns undefined if there is no such folder
 */
export function userCacheFolder(
  files: readonly string[],
  environment: Environment = process.env,
): string | undefined {
  if (sizeOf(files) < MIN_RULE_BYTES) return undefined;
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

/** Total size in bytes; missing files count as zero. */
export function sizeOf(files: readonly string[]): number {
  let bytes = 0;
  for (const file of files) bytes += statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}
