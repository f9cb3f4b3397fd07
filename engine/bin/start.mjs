#!/usr/bin/env node
// `npm start`: with arguments it runs the program itself, without any it replays the sample.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../../dist/engine/cli/main.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const words = process.argv.slice(2);
process.exitCode = words.length > 0 ? await main(words) : await sample();

async function sample() {
  const logs = join(root, 'logs');
  const alerts = join(logs, 'fast.log');
  for (const name of ['fast.log', 'eve.json', 'stats.log']) rmSync(join(logs, name), { force: true });
  const code = await main([
    'replay',
    join(root, 'test', 'sample', 'sample.pcap'),
    ...['--rules', join(root, 'signatures', 'sample.rules')],
    ...['--config', join(root, 'suricata-like.yaml'), '--logs', logs],
  ]);
  if (existsSync(alerts)) process.stdout.write(`\nAlerts (${alerts}):\n${readFileSync(alerts, 'utf8')}`);
  process.stdout.write(`\nAll records are in ${join(logs, 'eve.json')}. Next: npx sluice --help\n`);
  return code;
}
