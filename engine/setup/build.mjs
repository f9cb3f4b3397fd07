// Translates every .ts file to dist/, one file to one file, so that threads and plugins can load any of them.
// Only files that changed are translated: a few milliseconds when nothing did.
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'dist');
const sources = ['engine', 'modules', 'signatures', 'test'];

async function* filesBelow(folder, ending) {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* filesBelow(path, ending);
    else if (entry.isFile() && entry.name.endsWith(ending) && !entry.name.endsWith('.d.ts')) yield path;
  }
}

const mtime = path => stat(path).then(s => s.mtimeMs, () => 0);

/** @returns 1 when the file was translated, 0 when it was up to date. */
async function translate(source) {
  const target = join(out, relative(root, source)).replace(/\.ts$/, '.js');
  const changed = await stat(source);
  if (Math.abs((await mtime(target)) - changed.mtimeMs) < 2) return 0;
  const { code } = await transform(await readFile(source, 'utf8'), {
    loader: 'ts',
    target: 'es2022',
    format: 'esm',
    sourcefile: source,
    sourcemap: 'inline',
    sourcesContent: false,
  });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
  await utimes(target, changed.atime, changed.mtime);
  return 1;
}

async function removeOrphans(wanted) {
  for await (const path of filesBelow(out, '.js')) {
    if (!wanted.has(relative(out, path).replace(/\.js$/, '.ts'))) await rm(path);
  }
}

const wanted = new Set();
let failed = 0;
for (const folder of sources) {
  for await (const source of filesBelow(join(root, folder), '.ts')) {
    wanted.add(relative(root, source));
    await translate(source).catch(error => {
      failed++;
      console.error(error.message);
    });
  }
}
await removeOrphans(wanted);
process.exitCode = failed ? 1 : 0;
