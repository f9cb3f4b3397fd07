/**
 * Cost of reassembly of hostile loads of n, 2n and 4n segments: `node dist/test/bench/reassembly.js [N]`.
 *
 * CPU time must not grow faster than the number of bytes sent: the last column is the time per byte at 4n divided by
 * that at n.
 */
import { Batch } from '../../engine/batch.js';
import * as Packet from '../../engine/packet.js';
import { POLICY_CLASSES } from '../../modules/stream/reassembly/policy.js';
import { Reassembler } from '../../modules/stream/reassembly/reassembler.js';
import { stubThread } from '../thread-stub.js';
import { type Load, loads } from './reassembly-loads.js';

const BATCH = 256;
const thread = stubThread({
  slots: 4096,
  flows: 4,
  streamBytes: 512 << 20,
  config: { stream: { reassembly: { depth: 0, memcap: '512mb', 'max-regions': 0 } } },
});
const reassembler = new Reassembler(thread);
const packet = thread.pool.take();
const payload = thread.pool.allocate(packet, 65536);
thread.memory.bytes.fill(65, payload, payload + 65536);

/** @returns nanoseconds of CPU time, and number of bytes */
function measure(load: Load, n: number): { ns: number; bytes: number } {
  const batch = new Batch();
  let bytes = 0;
  let inBatch = 0;
  const p = packet * Packet.INTS;
  const next = () => {
    thread.memory.row.fill(0, p + Packet.STREAM_DATA, p + Packet.STREAM_GAP + 1);
    if (++inBatch < BATCH) return;
    inBatch = 0;
    batch.replace();
    thread.release([...batch.slots.subarray(0, batch.length)].filter(slot => slot !== packet));
    batch.clear();
    reassembler.beginBatch();
  };
  reassembler.open(0, true, 0, POLICY_CLASSES[load.policy]!, load.inline ?? false);
  const start = process.cpuUsage();
  load.run(n, {
    segment(position, length) {
      next();
      bytes += length;
      reassembler.segment(batch, packet, 0, true, position, payload, length);
    },
    acknowledge(position) {
      next();
      reassembler.acknowledged(batch, packet, 0, true, position);
    },
  });
  const { user, system } = process.cpuUsage(start);
  const ns = (user + system) * 1000;
  reassembler.free(0);
  reassembler.beginBatch();
  return { ns, bytes };
}

const n = Number(process.argv[2] ?? 16384);
for (const load of loads) {
  for (let i = 0; i < 3; i++) measure(load, n);
  const [one, two, four] = [n, 2 * n, 4 * n].map(size => measure(load, size));
  const perByte = ({ ns, bytes }: { ns: number; bytes: number }) => ns / bytes;
  const title = `${load.inline ? 'inline' : load.policy}: ${load.name}`.padEnd(48);
  const perSegment = (four!.ns / (4 * n)).toFixed(0).padStart(7);
  const bytes = [one!, two!, four!].map(result => perByte(result).toFixed(2).padStart(8)).join(' ');
  console.log(
    `${title} ${perSegment} ns/segment  ${bytes} ns/byte  x${(perByte(four!) / perByte(one!)).toFixed(2)}`,
  );
}
