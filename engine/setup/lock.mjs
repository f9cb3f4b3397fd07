// One setup at a time in one checkout: two would build into the same folders.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

function take(path) {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

function isHeld(path) {
  try {
    process.kill(Number(readFileSync(path, 'utf8')) || process.pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs `work` while no other setup does its own. After ten minutes of waiting it goes on regardless. */
export async function alone(path, work) {
  for (let waited = 0; waited < 600 && !take(path); waited += 0.2) {
    if (!isHeld(path)) rmSync(path, { force: true });
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}
