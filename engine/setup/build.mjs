// Compiles TypeScript to dist/. A build is complete before anything refers to it, and processes keep using the build
// they were started from.
import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lead, removeOldBuilds } from './builds.mjs';
import { bundleAll, sourcesNow } from './bundle.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');
const current = join(dist, '.built');
/** Files of a build: what it was made from, and its entries, loaded by name at run time. */
const MADE_FROM = '.built';
const ENTRIES = 'entries.json';

/** @returns entries of a build, undefined if it does not exist */
async function entriesOf(folder) {
  const text = await readFile(join(folder, ENTRIES), 'utf8').catch(() => undefined);
  return text && JSON.parse(text);
}

/** @returns entries of the build, and whether it is complete  @throws if a source has an error, which was reported */
async function makeBuild(folder, sources) {
  const there = await entriesOf(folder);
  if (there) return { entries: there, whole: true };
  const making = join(dist, `.making-${process.pid}`);
  try {
    const made = await bundleAll(root, making);
    if (made.whole) await writeFile(join(making, ENTRIES), JSON.stringify(made.entries));
    await writeFile(join(making, MADE_FROM), sources);
    // Another process may have made the same build meanwhile.
    await rename(making, folder).catch(error => {
      if (error.code !== 'ENOTEMPTY') throw error;
    });
    return made;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

async function howItIsBuilt() {
  const files = ['build.mjs', 'builds.mjs', 'bundle.mjs', 'one-chunk.mjs'].map(
    name => new URL(name, import.meta.url),
  );
  return (await Promise.all(files.map(file => readFile(file, 'utf8')))).join('');
}

const sources = `${await sourcesNow(root)}\n${await howItIsBuilt()}`;
if ((await readFile(current, 'utf8').catch(() => '')) !== sources) {
  const name = `b-${createHash('sha256').update(sources).digest('hex').slice(0, 12)}`;
  const { entries, whole } = await makeBuild(join(dist, name), sources).catch(error => {
    if (!error.errors) console.error(error.message);
    process.exit(1);
  });
  await lead(dist, name, entries);
  if (whole) await writeFile(current, sources);
  else process.exitCode = 1;
  await removeOldBuilds(dist, name);
}
