/** Puts a detection and what it imports into one piece of JavaScript. TypeScript is translated on the way. */
import { builtinModules, createRequire } from 'node:module';

export interface Bundle {
  /** A function body in the manner of CommonJS: `module`, `exports`, `require`. */
  readonly code: string;
  /** Files it is made from. */
  readonly files: readonly string[];
}

/**
 * @param file TypeScript or JavaScript
 * @throws Error with file, line and column of the first mistake
 */
export function bundle(file: string): Bundle {
  const result = esbuild().buildSync({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    target: 'es2022',
    external: ['sluice', 'sluice/*', ...builtinModules, 'node:*'],
    logLevel: 'silent',
    absWorkingDir: '/',
  });
  return {
    code: result.outputFiles[0]!.text,
    files: Object.keys(result.metafile.inputs).map(path => `/${path}`),
  };
}

/** @throws Error that says what to install */
function esbuild(): typeof import('esbuild') {
  try {
    return createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  } catch {
    throw new Error('detections are translated with esbuild, which is not installed: npm install esbuild');
  }
}
