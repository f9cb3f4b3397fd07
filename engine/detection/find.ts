/** Resolves the name of a plugin to a file: a path, or a package name. */
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, resolve } from 'node:path';

const CODE = /\.[cm]?[jt]s$/;

/** Whether a rule file is a code file. */
export function isCode(file: string): boolean {
  return CODE.test(file);
}

/**
 * @param name a path (beginning with `.` or `/`, or with the extension of a code file), or a package
 * @param from folder that paths and packages are resolved from
 * @throws Error naming what was searched for
 */
export function findPlugin(name: string, from: string, what = 'detection'): string {
  const isPath =
    name.startsWith('.') || isAbsolute(name) || (isCode(name) && existsSync(resolve(from, name)));
  if (isPath) return pathOf(resolve(from, name), name, what);
  try {
    return createRequire(resolve(from, 'any.js')).resolve(name);
  } catch {
    throw new Error(
      isCode(name)
        ? `${what} not found: ${resolve(from, name)}`
        : `${what} not found: ${name} is neither a file nor a package installed for ${from}`,
    );
  }
}

/** A folder with a package.json is a package. */
function pathOf(path: string, name: string, what: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return path;
  if (!found) throw new Error(`${what} not found: ${name} (looked for ${path})`);
  return createRequire(resolve(path, 'any.js')).resolve(path);
}
