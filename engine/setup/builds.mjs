// The builds in dist/: each has its own folder, `b-…`, and the files next to them refer to the current one.
import { mkdir, readdir, readFile, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** A build may be in use for some time by processes that cannot be detected. */
const KEEP_MS = 3600_000;

/** Replaces a file atomically. */
async function replace(path, text) {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  await mkdir(dirname(path), { recursive: true });
  const making = `${path}.${process.pid}`;
  await writeFile(making, text);
  await rename(making, path);
}

function leadingTo(target, exports) {
  const all = `export * from '${target}';\n`;
  return exports.includes('default') ? `${all}export { default } from '${target}';\n` : all;
}

/**
 * Makes the build `name` the current one: `dist` itself refers to its entries from now on, and it is the one that is
 * packed.
 */
export async function lead(dist, name, entries) {
  for (const { path, exports } of entries) {
    const from = join(dist, path);
    await replace(from, leadingTo(relative(dirname(from), join(dist, name, path)), exports));
  }
  await removeOthers(dist, new Set(entries.map(({ path }) => path)));
  await replace(join(dist, '.npmignore'), `.making-*\nb-*\n!${name}\ntest\n`);
}

async function removeOthers(dist, entries) {
  for (const path of await readdir(dist, { recursive: true })) {
    if (!path.endsWith('.js') || path.startsWith('b-') || entries.has(path)) continue;
    if (path.startsWith('.making-')) continue;
    await rm(join(dist, path), { force: true });
  }
}

/** Folders held open by running processes, as far as this user can see: a sensor holds that of its build. */
async function foldersInUse() {
  const held = new Set();
  for (const process of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(process)) continue;
    for (const file of await readdir(`/proc/${process}/fd`).catch(() => []))
      held.add(await readlink(`/proc/${process}/fd/${file}`).catch(() => ''));
  }
  return held;
}

/** Removes builds that are no longer in use. */
export async function removeOldBuilds(dist, current) {
  const old = [];
  for (const name of await readdir(dist)) {
    const isBuild = name.startsWith('b-') || name.startsWith('.making-');
    if (isBuild && name !== current && Date.now() - (await stat(join(dist, name))).mtimeMs > KEEP_MS)
      old.push(join(dist, name));
  }
  if (old.length === 0) return;
  const held = await foldersInUse();
  for (const path of old)
    if (!held.has(await realpath(path))) await rm(path, { recursive: true, force: true });
}
