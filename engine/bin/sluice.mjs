#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = new URL('../../dist/engine/cli/main.js', import.meta.url);
if (existsSync(program)) {
  const { main } = await import(program);
  process.exitCode = await main(process.argv.slice(2));
} else {
  const folder = fileURLToPath(new URL('../..', import.meta.url));
  process.stderr.write(`Error: Sluice is not built: run "npm run setup" in ${folder}\n`);
  process.exitCode = 1;
}
