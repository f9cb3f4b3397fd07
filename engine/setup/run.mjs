// Runs other programs during setup: no input, no prompts, and never longer than allowed.
import { spawn, spawnSync } from 'node:child_process';

const quiet = { DEBIAN_FRONTEND: 'noninteractive', DEBIAN_PRIORITY: 'critical' };

/** @returns {boolean} whether the program exists and exits successfully within `seconds`. */
export function works(command, args, seconds = 10) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: seconds * 1000 }).status === 0;
}

/**
 * Runs a program whose output matters only if it fails.
 * @returns {Promise<{ok: boolean, output: string}>} `ok` is also false if it took longer than `seconds`.
 */
export function run(command, args, { seconds, cwd, env = process.env }) {
  return new Promise(resolve => {
    const child = spawn(command, args, {
      cwd,
      env: { ...env, ...quiet },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: seconds * 1000,
      killSignal: 'SIGTERM',
    });
    let output = '';
    const keep = chunk => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', error => resolve({ ok: false, output: error.message }));
    child.on('close', code => resolve({ ok: code === 0, output }));
  });
}

/** The line of a failed program's output that most likely says why. */
export function reasonIn(output) {
  const lines = output.split('\n').map(line => line.trim());
  const said = lines.filter(
    line => line !== '' && !/complete log of this run|^npm error code|^npm error$/.test(line),
  );
  return (
    said.find(line => /\b(error|E):/i.test(line)) ??
    said.find(line => /error/i.test(line)) ??
    said.at(-1) ??
    'no reason given'
  );
}

export const say = line => console.log(`sluice setup: ${line}`);
