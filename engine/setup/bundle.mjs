// Bundles TypeScript. Every file that is loaded by name at run time (modules, protocols, queue handlers, commands,
// scripts of test/) becomes a file of the same name; shared code goes to chunks. Bundling inlines the constants of
// packet and flow rows and saves each thread from loading hundreds of files.
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { oneChunk } from './one-chunk.mjs';

async function* filesBelow(folder, recursive = true) {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && recursive && entry.name !== 'node_modules') yield* filesBelow(path);
    else if (entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts')) yield path;
  }
}

/** Files of the engine that are loaded by name at run time. */
async function* engineEntries(root) {
  for (const name of [
    'cli/main',
    'cli/rules/compile-rules',
    'thread/worker',
    'index',
    'engine',
    'config/config',
    'cli/testing',
  ])
    yield join(root, `engine/${name}.ts`);
  for (const folder of ['modules', 'modules/app', 'engine/queue/handlers'])
    yield* filesBelow(join(root, folder), false);
  yield* filesBelow(join(root, 'signatures/examples'));
}

/** Scripts of test/, and modules that tests load in threads. */
async function* testEntries(root) {
  for await (const path of filesBelow(join(root, 'test'))) if (!path.endsWith('.test.ts')) yield path;
}

async function collect(paths) {
  const list = [];
  for await (const path of paths) list.push(path);
  return list;
}

/** @returns names and times of all sources, one per line */
export async function sourcesNow(root) {
  const lines = [];
  for (const folder of ['engine', 'modules', 'signatures', 'test']) {
    for await (const path of filesBelow(join(root, folder)))
      lines.push(`${path} ${(await stat(path)).mtimeMs}`);
  }
  return lines.join('\n');
}

async function bundle(root, entryPoints, outdir, plugins = []) {
  const { metafile } = await build({
    entryPoints,
    plugins,
    absWorkingDir: root,
    outdir,
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
  });
  return Object.entries(metafile.outputs)
    .filter(([, { entryPoint }]) => entryPoint !== undefined)
    .map(([name, { exports }]) => ({ path: relative(outdir, join(root, name)), exports }));
}

/** The module that a file of modules/ belongs to. */
const moduleOf = file => /^modules\/([\w-]+)(\.ts$|\/)/.exec(file)?.[1];

/** Excludes modules with errors, which are reported when they are loaded. */
async function bundleEngine(root, outdir) {
  const all = await collect(engineEntries(root));
  try {
    return await bundle(root, all, outdir, [oneChunk(root, all)]);
  } catch (error) {
    const broken = new Map();
    for (const { location, text } of error.errors ?? []) {
      const name = location && moduleOf(location.file);
      const path = `modules/${name}.ts`;
      if (!name || !all.includes(join(root, path))) throw error;
      broken.set(path, `${location.file}:${location.line}:${location.column + 1}: ${text}`);
    }
    if (broken.size === 0) throw error;
    const sound = all.filter(path => !broken.has(relative(root, path)));
    return [
      ...(await bundle(root, sound, outdir, [oneChunk(root, sound)])),
      ...(await replaceBroken(broken, outdir)),
    ];
  }
}

async function replaceBroken(broken, outdir) {
  const entries = [];
  for (const [source, problem] of broken) {
    const path = source.replace(/\.ts$/, '.js');
    await writeFile(join(outdir, path), `throw new Error(${JSON.stringify(problem)});\n`);
    entries.push({ path, exports: [] });
  }
  return entries;
}

/**
 * Bundles all sources into `outdir`.
 * @returns {Promise<{ entries: { path: string, exports: string[] }[], whole: boolean }>} the files that are named at run
 *   time, relative to it; `whole` is false when a mistake in test/, which was told, keeps its files out
 * @throws when a source of the engine has an error, which was told
 */
export async function bundleAll(root, outdir) {
  const engine = await bundleEngine(root, outdir);
  try {
    const tests = await bundle(root, await collect(testEntries(root)), outdir);
    return { entries: [...engine, ...tests], whole: true };
  } catch {
    return { entries: engine, whole: false };
  }
}
