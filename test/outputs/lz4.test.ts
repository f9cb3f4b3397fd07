import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Lz4Frame } from '../../modules/pcap-log/lz4.js';
import { Xxh32 } from '../../modules/pcap-log/xxh32.js';
import { runSluice } from '../cli/program.js';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';

const digest = (text: string | Uint8Array): number => {
  const made = new Xxh32();
  made.update(Buffer.from(text));
  return made.value();
};

test('xxHash of 32 bits is right', () => {
  expect(['', 'a', 'abc', 'Nobody inspects the spammish repetition'].map(digest)).toEqual([
    ...[0x02cc5d05, 0x550d7456, 0x32d153ff, 0xe2293b2f],
  ]);
  const pieces = new Xxh32();
  for (const piece of ['Nobody in', 'spects the spammish r', '', 'epetition'])
    pieces.update(Buffer.from(piece));
  expect(pieces.value()).toBe(0xe2293b2f);
});

/** Decompresses one block of LZ4. */
function decoded(block: Uint8Array): number[] {
  const out: number[] = [];
  let at = 0;
  const length = (low: number): number => {
    let sum = low;
    if (low === 15) for (let more = 255; more === 255; sum += more) more = block[at++]!;
    return sum;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = length(token >> 4);
    out.push(...block.subarray(at, at + literals));
    at += literals;
    if (at >= block.length) break;
    const offset = block[at]! | (block[at + 1]! << 8);
    at += 2;
    for (let left = length(token & 15) + 4; left > 0; left--) out.push(out[out.length - offset]!);
  }
  return out;
}

/** Decompresses a frame and verifies its checksums. */
function content(frame: Uint8Array): Buffer {
  const bytes = Buffer.from(frame);
  expect(bytes.readUInt32LE(0)).toBe(0x184d2204);
  expect(bytes[6]).toBe((digest(bytes.subarray(4, 6)) >>> 8) & 255);
  const out: Buffer[] = [];
  let at = 7;
  for (let size = bytes.readUInt32LE(at); size !== 0; size = bytes.readUInt32LE(at)) {
    const length = size & 0x7fff_ffff;
    const block = bytes.subarray(at + 4, at + 4 + length);
    out.push(size >>> 31 ? block : Buffer.from(decoded(block)));
    at += 4 + length;
  }
  const whole = Buffer.concat(out);
  if (bytes[4]! & 4) expect(bytes.readUInt32LE(at + 4)).toBe(digest(whole));
  return whole;
}

function framed(checksum: boolean, ...pieces: Uint8Array[]): Buffer {
  const frame = new Lz4Frame(checksum);
  return Buffer.concat([frame.header(), ...pieces.map(piece => frame.blocks(piece)), frame.end()]);
}

test('a compressed frame is decompressed to the same data, and is shorter if the data is repetitive', () => {
  const repeated = Buffer.from('the quick brown fox '.repeat(10_000));
  expect(content(framed(true, repeated)).equals(repeated)).toBe(true);
  expect(framed(true, repeated).length).toBeLessThan(repeated.length / 50);
  const noise = Buffer.from(Array.from({ length: 70_000 }, (_, i) => Math.imul(i, 2654435761) >>> 24));
  for (const length of [0, 1, 4, 5, 12, 13, 64, 65_535, 65_536, 70_000])
    expect(content(framed(false, noise.subarray(0, length))).equals(noise.subarray(0, length))).toBe(true);
  const mixed = Buffer.concat([noise.subarray(0, 300), repeated.subarray(0, 300), noise.subarray(0, 300)]);
  expect(content(framed(true, mixed, repeated, mixed)).length).toBe(mixed.length * 2 + repeated.length);
});

test('compressed capture files consist of frames', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lz4-'));
  const text = 'again and '.repeat(20);
  const packets = Array.from({ length: 500 }, (_, i) => packet(ethernet(), ipv4(), udp({ sport: i }), text));
  writeFileSync(join(folder, 'x.pcap'), pcapFile(packets));
  const file = async (more: string): Promise<Buffer> => {
    const yaml = `%YAML 1.1\n---\noutputs:\n  - pcap-log: { dir: ${more || 'plain'}, compression: ${more || 'none'}, lz4-checksum: yes }\n`;
    writeFileSync(join(folder, 'x.yaml'), yaml);
    const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-k', 'none', '-S', '/dev/null'];
    const { code } = await runSluice([...words, '--runmode', 'single'], { cwd: folder });
    expect(code).toBe(0);
    const names = readdirSync(join(folder, more || 'plain'));
    expect(names).toEqual([
      expect.stringMatching(more === '' ? /^log\.pcap\.\d+$/ : /^log\.pcap\.\d+\.lz4$/),
    ]);
    return readFileSync(join(folder, more || 'plain', names[0]!));
  };
  const plain = await file('');
  const compressed = await file('lz4');
  expect(content(compressed).equals(plain)).toBe(true);
  expect(compressed.length).toBeLessThan(plain.length / 3);
  rmSync(folder, { recursive: true });
});
