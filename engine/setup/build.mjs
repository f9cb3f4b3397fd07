// Translates TypeScript to dist/. Every file that is named at run time (modules, protocols, queue handlers, commands,
// scripts of test/) becomes a file of the same name there; what they share goes to chunks. Bundling inlines the
// constants of packet and flow rows and spares each thread the loading of hundreds of files.
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'dist');
const stamp = join(out, '.built');
/** Chunks of earlier builds are kept a while: a program that runs may still load some. */
const KEEP_MS = 24 * 3600_000;

async function* filesBelow(folder, recursive = true) {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && recursive && entry.name !== 'node_modules') yield* filesBelow(path);
    else if (entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts')) yield path;
  }
}

/** Files of the engine that are loaded by name at run time. */
async function* engineEntries() {
  for (const name of ['cli/main', 'thread/worker', 'index', 'engine', 'config/config', 'cli/testing'])
    yield join(root, `engine/${name}.ts`);
  for (const folder of ['modules', 'modules/app', 'engine/queue/handlers'])
    yield* filesBelow(join(root, folder), false);
  yield* filesBelow(join(root, 'signatures/examples'));
}

/** Scripts of test/, and modules that tests give to threads. */
async function* testEntries() {
  for await (const path of filesBelow(join(root, 'test'))) if (!path.endsWith('.test.ts')) yield path;
}

/** Names and times of all sources: what dist/ was made from. */
async function sourcesNow() {
  const lines = [await readFile(fileURLToPath(import.meta.url), 'utf8')];
  for (const folder of ['engine', 'modules', 'signatures', 'test']) {
    for await (const path of filesBelow(join(root, folder)))
      lines.push(`${path} ${(await stat(path)).mtimeMs}`);
  }
  return lines.join('\n');
}

async function collect(paths) {
  const list = [];
  for await (const path of paths) list.push(path);
  return list;
}

async function removeOld(written) {
  const names = (await readdir(out, { recursive: true })).filter(name => name.endsWith('.js'));
  for (const name of names) {
    const path = join(out, name);
    if (written.has(path)) continue;
    if (!name.includes('chunk-') || Date.now() - (await stat(path)).mtimeMs > KEEP_MS)
      await rm(path, { force: true });
  }
}

/** @returns paths of the files written; exits when a source has an error */
async function bundle(entryPoints) {
  const { metafile } = await build({
    entryPoints,
    absWorkingDir: root,
    outdir: out,
    outbase: root,
    bundle: true,
    splitting: true,
    minifySyntax: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    packages: 'external',
    chunkNames: 'engine/chunk-[hash]',
    logLevel: 'error',
    metafile: true,
  }).catch(() => process.exit(1));
  return Object.keys(metafile.outputs).map(name => join(root, name));
}

const sources = await sourcesNow();
if ((await readFile(stamp, 'utf8').catch(() => '')) !== sources) {
  // Apart from each other, so that a mistake in a test does not stop the engine from being built.
  const engine = await bundle(await collect(engineEntries()));
  const tests = await bundle(await collect(testEntries()));
  await removeOld(new Set([...engine, ...tests]));
  await writeFile(stamp, sources);
}
