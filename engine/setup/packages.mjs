// The npm packages: installed if they differ from package-lock.json.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonIn, run, say } from './run.mjs';

const lockOf = path => JSON.parse(readFileSync(path, 'utf8')).packages;

/** npm records what it installed in node_modules/.package-lock.json. */
function installedAsLocked(root) {
  try {
    const wanted = lockOf(join(root, 'package-lock.json'));
    const installed = lockOf(join(root, 'node_modules/.package-lock.json'));
    return Object.entries(wanted).every(([path, entry]) => {
      if (path === '') return true;
      const there = installed[path];
      return there
        ? there.version === entry.version
        : Boolean(entry.optional || entry.devOptional || entry.peer);
    });
  } catch {
    return false;
  }
}

/** Under `npm start`, npm provides the path of its own script; otherwise npm is taken from PATH. */
function npm(args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script, ...args]] : ['npm', args];
}

/**
 * `npm ci` refuses a lock file that lacks optional packages of other platforms; `npm install` installs the same
 * versions from it anyway, and leaves it unchanged.
 */
const ways = [['ci'], ['install', '--no-save']];

/**
 * @param root the folder of package.json
 * @throws {Error} when npm fails: nothing works without the packages
 */
export async function installPackages(root) {
  if (installedAsLocked(root)) return;
  say('installing npm packages …');
  let failure = '';
  for (const way of ways) {
    const [command, args] = npm([...way, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
    const { ok, output } = await run(command, args, { cwd: root, seconds: 600 });
    if (ok) return;
    failure = reasonIn(output);
  }
  throw new Error(`npm failed to install the packages: ${failure}`);
}
