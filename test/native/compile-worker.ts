/** Compiles a database of one literal, sends its number and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { native } from '../../engine/native.js';

parentPort?.postMessage(
  native()?.compileDatabase([{ id: 1, bytes: Buffer.from(workerData), flags: 0 }], false),
);
