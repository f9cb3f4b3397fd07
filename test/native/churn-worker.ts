/** Compiles, scans and releases repeatedly, with streams in between; sends the number of wrong answers. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Native, native } from '../../engine/native.js';

const addon = native() as Native;
const { seed, rounds } = workerData as { seed: number; rounds: number };
const matches = new Uint32Array(30);
let wrong = 0;

for (let round = 0; round < rounds; round++) {
  const word = Buffer.from(`word-${seed}-${round};`);
  const patterns = [{ id: round, bytes: word, flags: 0 }];
  const block = addon.compileDatabase(patterns, false);
  const streaming = addon.compileDatabase(patterns, true);
  const stream = addon.openStream(streaming);
  addon.releaseDatabase(streaming);
  const jobs = Uint32Array.of(
    block,
    0,
    0,
    word.length,
    streaming,
    stream,
    0,
    5,
    streaming,
    stream,
    5,
    word.length - 5,
  );
  const count = addon.scan(word, jobs, 3, matches);
  const expected = [0, round, word.length, 2, round, word.length - 5];
  if (count !== 2 || expected.some((value, i) => matches[i] !== value)) wrong++;
  addon.closeStream(stream);
  addon.releaseDatabase(block);
}
parentPort?.postMessage(wrong);
