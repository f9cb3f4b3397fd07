/** Puts a detection and what it imports into one piece of JavaScript. TypeScript is transpiled. */

import { builtinModules, createRequire } from 'node:module';
import type { BuildFailure } from 'esbuild';

const EXTERNAL = ['sluice', 'sluice/*', ...builtinModules, 'node:*'];

export interface Bundle {
  /** A function body in CommonJS style: `module`, `exports`, `require`. */
  readonly code: string;
  /** Source map of the code, as text. */
  readonly map: string;
  /** Source files. */
  readonly files: readonly string[];
}

/**
 * @param file TypeScript or JavaScript
 * @throws Error with file, line and column of the first error
 */
export function bundle(file: string): Bundle {
  const result = translated(() =>
    esbuild().buildSync({
      entryPoints: [file],
      bundle: true,
      write: false,
      metafile: true,
      format: 'cjs',
      platform: 'node',
      target: 'es2022',
      external: EXTERNAL,
      logLevel: 'silent',
      absWorkingDir: '/',
      outfile: '/code.js',
      sourcemap: 'external',
      sourcesContent: false,
    }),
  );
  const output = (end: string) => result.outputFiles.find(({ path }) => path.endsWith(end))!.text;
  return {
    code: output('.js'),
    map: output('.map'),
    files: Object.keys(result.metafile.inputs).map(path => `/${path}`),
  };
}

/** @throws Error with the location of the first error */
function translated<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    const [first] = (error as Partial<BuildFailure>).errors ?? [];
    if (!first?.location) throw error;
    const { file, line, column } = first.location;
    throw new Error(`/${file}:${line}:${column + 1}: ${first.text}`);
  }
}

/** @throws Error saying what to install */
function esbuild(): typeof import('esbuild') {
  try {
    return createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  } catch {
    throw new Error('detections are compiled with esbuild, which is not installed: npm install esbuild');
  }
}
