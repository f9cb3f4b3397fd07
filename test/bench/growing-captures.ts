/** Captures of one kind of packet, of any size; written in blocks, since the largest do not fit into memory twice. */
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';

const HEADER = 24;
const RECORD = 16;
/** Offsets of addresses and UDP ports over IPv4 in an Ethernet frame. */
const SOURCE = 14 + 12;
const SOURCE_PORT = 14 + 20;
const BLOCK = 8192;
const SECONDS = 1_700_000_000;

/** As many flows as packets, each with its own address and port, 100,000 per second. */
export function flowsCapture(folder: string, count: number): string {
  return written(join(folder, `flows-${count}.pcap`), count, 60, (view, at, i) => {
    view.setUint32(at + SOURCE, 0x0a000000 + Math.floor(i / 50_000));
    view.setUint16(at + SOURCE_PORT, 1024 + (i % 50_000));
  });
}

/** 400,000 packets of this many bytes in 1,000 flows. */
export function sizedCapture(folder: string, size: number): string {
  return written(join(folder, `size-${size}.pcap`), 400_000, size, (view, at, i) => {
    view.setUint16(at + SOURCE_PORT, 1024 + (i % 1000));
  });
}

function written(
  path: string,
  count: number,
  size: number,
  vary: (view: DataView, at: number, i: number) => void,
): string {
  if (existsSync(path)) return path;
  const payload = 'x'.repeat(size - 42);
  const frame = packet(ethernet(), ipv4(), udp({ sport: 1024, dport: 9, checksum: 0 }), payload);
  const one = pcapFile([{ data: frame, time: SECONDS }]);
  const file = openSync(path, 'w');
  writeSync(file, one, 0, HEADER);
  const length = one.length - HEADER;
  const block = Buffer.alloc(BLOCK * length);
  const view = new DataView(block.buffer, block.byteOffset);
  for (let i = 0; i < BLOCK; i++) block.set(one.subarray(HEADER), i * length);
  for (let i = 0; i < count; i += BLOCK) {
    const some = Math.min(BLOCK, count - i);
    for (let k = 0; k < some; k++) {
      const at = k * length;
      view.setUint32(at, SECONDS + Math.floor((i + k) / 100_000), true);
      vary(view, at + RECORD, i + k);
    }
    writeSync(file, block, 0, some * length);
  }
  closeSync(file);
  return path;
}
