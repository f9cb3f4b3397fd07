// The npm packages: installed when they are not the ones that package-lock.json asks for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonIn, run, say } from './run.mjs';

const lockOf = path => JSON.parse(readFileSync(path, 'utf8')).packages;

/** npm keeps what it installed in node_modules/.package-lock.json. */
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

/** Under `npm start` npm names its own script; otherwise the npm of the path is taken. */
function npm(args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script, ...args]] : ['npm', args];
}

/** @throws {Error} when npm fails: nothing works without the packages. */
export async function installPackages(root) {
  if (installedAsLocked(root)) return;
  say('installing npm packages …');
  const [command, args] = npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  const { ok, output } = await run(command, args, { cwd: root, seconds: 600 });
  if (!ok) throw new Error(`npm ci failed: ${reasonIn(output)}`);
}
