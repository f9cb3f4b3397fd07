/** Runs the real program. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const PROGRAM = fileURLToPath(new URL('../../engine/bin/sluice.mjs', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly cwd?: string;
  readonly input?: Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** @returns exit code and output after it has ended */
export function sluice(words: readonly string[], { cwd, input, env }: Surroundings = {}): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...words], { cwd, env: { ...process.env, ...env } });
  let out = '';
  let err = '';
  child.stdout.on('data', data => {
    out += data;
  });
  child.stderr.on('data', data => {
    err += data;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise(resolve => child.on('close', code => resolve({ code, out, err })));
}
