/**
 * Cost of waiting detections: memory of each, and time of a wake-up.
 * `node --expose-gc dist/test/detections/sleepers.js [FLOWS]`
 */

import { Connection } from '../../engine/detection/connection.js';
import { PacketView } from '../../engine/detection/packet-view.js';
import type { RoutineContext } from '../../engine/detection/routine-context.js';
import type { DetectionContext } from '../../engine/detection/view-context.js';
import { alert, type Routine } from '../../engine/detection.js';
import { flowRows, INTS } from '../../engine/flow/flow-record.js';
import { allocateMemory, openMemory } from '../../engine/memory.js';

const FLOWS = Number(process.argv[2] ?? 1_000_000);
const memory = openMemory(allocateMemory(1, 4096));
const watch: DetectionContext = {
  ...{ memory, flows: flowRows(new SharedArrayBuffer(INTS * 4)), maxHeld: 16384 },
  ...{ packet: new PacketView(memory), applicationName: () => undefined },
  bits: { has: () => false, set() {}, release() {} },
};

/** A typical detection: it waits for the next line, with some state. */
function* detect({ client }: Connection): Routine {
  let lines = 0;
  for (;;) {
    const line = yield* client.readUntil('\n', 4096);
    if (typeof line === 'string') return undefined;
    if (++lines > 1_000_000_000) yield alert();
  }
}

const chains: RoutineContext[] = [];

/** Feeds one segment of a line, and wakes the routine if it can continue. */
function deliver(conversation: Connection, start: number, end: number): void {
  const socket = conversation.client;
  conversation.recordOrder(true);
  socket.feed(memory.bytes, start, end, watch.maxHeld);
  conversation.routine ??= detect(conversation);
  if (conversation.canResume) conversation.routine.next();
  socket.keep(memory.bytes, watch.maxHeld);
}

function inUse(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** CPU time, independent of other programs on the machine. */
function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

memory.bytes.fill(0x61, 64, 264);
memory.bytes[264] = 10;
const before = inUse();
for (let i = 0; i < FLOWS; i++) {
  const conversation = new Connection(watch, i);
  // A whole line, after which the detection waits for the next one.
  deliver(conversation, 64, 265);
  chains.push(conversation);
}
const bytes = (inUse() - before) / FLOWS;

const ROUNDS = 5;
const started = cpuMicroseconds();
for (let round = 0; round < ROUNDS; round++)
  for (const conversation of chains) deliver(conversation as Connection, 64, 265);
const cold = ((cpuMicroseconds() - started) * 1e3) / (ROUNDS * FLOWS);

const few = chains.slice(0, 1000);
const startedHot = cpuMicroseconds();
for (let round = 0; round < 1000; round++)
  for (const conversation of few) deliver(conversation as Connection, 64, 265);
const hot = ((cpuMicroseconds() - startedHot) * 1e3) / (1000 * few.length);

console.log(
  `${FLOWS} waiting detections: ${bytes.toFixed(0)} bytes each; a wake-up with a line of 200 bytes: ${hot.toFixed(0)} ns among 1000, ${cold.toFixed(0)} ns among all`,
);
