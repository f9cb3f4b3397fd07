/** Scans the beginning of a memory with a database of another thread and sends back the first match. */
import { parentPort, workerData } from 'node:worker_threads';
import { openMatcher } from '../../engine/matcher/open.js';
import { MATCH_INTS } from '../../engine/matcher.js';
import { openMemory } from '../../engine/memory.js';

const { buffers, kind, shared, length } = workerData;
const matcher = openMatcher(openMemory(buffers), kind);
const database = matcher.importDatabase(shared);
const count = matcher.scan(Uint32Array.of(database, 0, 0, length), 1);
matcher.release(database);
parentPort?.postMessage(Array.from(matcher.matches.subarray(0, count * MATCH_INTS)));
