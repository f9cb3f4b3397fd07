// Nearly every thread loads nearly all of the engine. Split by who needs what it would be some hundred files, each of
// which takes Node longer to find and link than to compile.
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';

/** What the program shows without an engine: its help, its version. */
const LIGHT = /^engine\/cli\/(main|show|command-line\/|show\/)/;
/** Written by others, who look at it in its own file. */
const EXAMPLES = /^signatures\/examples\//;
/** Begin to work when they are loaded. */
const PROGRAMS = /^engine\/(thread\/worker|cli\/rules\/compile-rules)\.ts$/;
const HAS_DEFAULT = /^export (default\b|\{[^}]*\bas default\b)/m;

/**
 * A plugin of esbuild, which puts code that several entries share into chunks, one for each set of entries: with it each
 * of `entries`, and each file of the engine that is imported on use, imports all of them, so that these sets are one.
 */
export function oneChunk(root, entries) {
  const isHeavy = path => {
    const name = relative(root, path);
    return !name.startsWith('..') && !LIGHT.test(name) && !EXAMPLES.test(name);
  };
  const all = entries.filter(path => isHeavy(path) && !PROGRAMS.test(relative(root, path)));
  return {
    name: 'one-chunk',
    setup(build) {
      build.onResolve({ filter: /./ }, async ({ path, kind, pluginData, ...from }) => {
        if (pluginData === 'resolved' || (kind !== 'entry-point' && kind !== 'dynamic-import')) return;
        const found = await build.resolve(path, { kind, ...from, pluginData: 'resolved' });
        if (found.errors.length > 0 || found.external || !isHeavy(found.path)) return found;
        return { path: found.path, namespace: 'with-all' };
      });
      build.onResolve({ filter: /^all-of-the-engine$/ }, () => ({ path: 'all', namespace: 'all' }));
      build.onLoad({ filter: /./, namespace: 'all' }, () => ({
        contents: all.map(path => `import ${JSON.stringify(path)};`).join('\n'),
        resolveDir: root,
      }));
      build.onLoad({ filter: /./, namespace: 'with-all' }, async ({ path }) => {
        const name = JSON.stringify(path);
        const isDefault = HAS_DEFAULT.test(await readFile(path, 'utf8'));
        return {
          contents: `export * from ${name};${isDefault ? `export { default } from ${name};` : ''}import 'all-of-the-engine';`,
          resolveDir: root,
        };
      });
    },
  };
}
