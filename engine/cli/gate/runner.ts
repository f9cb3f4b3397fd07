import { execFileSync } from 'node:child_process';

/** Runs a program of the iptables family. @throws Error with its error output */
export type Runner = (program: string, words: readonly string[]) => string;

export const run: Runner = (program, words) =>
  execFileSync(program, [...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 });
