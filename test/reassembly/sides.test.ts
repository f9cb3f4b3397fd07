/** The conversations of `sluice reassemble`, and their output. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { jsonLine } from '../../engine/cli/reassemble/as-json.js';
import { textLines } from '../../engine/cli/reassemble/as-text.js';
import { bytesOf, type Side } from '../../engine/cli/reassemble/side.js';
import { SideFolder } from '../../engine/cli/reassemble/to-folder.js';
import { type ReassembleOptions, reassembleCapture } from '../../engine/cli/reassemble.js';
import { type CapturedPacket, ethernet, ipv4, packet, pcapFile, tcp } from '../packets/builder.js';

const folder = mkdtempSync(join(tmpdir(), 'sides-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** `c 1 2 PA text`: sender, seq and ack relative to the first byte of each side, flags, data. */
function conversation(...lines: string[]): CapturedPacket[] {
  return ['c -1 0 S', 's -1 0 SA', 'c 0 0 A', ...lines].map((line, i) => {
    const [who, seq, ack, flags, ...data] = line.split(' ');
    const fromClient = who === 'c';
    const [source, destination] = fromClient ? ['10.0.0.1', '10.0.0.2'] : ['10.0.0.2', '10.0.0.1'];
    const [sport, dport] = fromClient ? [1234, 80] : [80, 1234];
    const fields = {
      sport,
      dport,
      flags,
      seq: 1001 + Number(seq),
      ack: flags === 'S' ? 0 : 1001 + Number(ack),
    };
    const layers = [ethernet(), ipv4({ source, destination }), tcp({ ...fields, window: 8192 })];
    return { data: packet(...layers, data.join(' ')), time: 1700000000 + i / 1000 };
  });
}

async function sidesOf(packets: CapturedPacket[], options: ReassembleOptions = {}): Promise<Side[]> {
  const file = join(folder, 'capture.pcap');
  writeFileSync(file, pcapFile(packets));
  const sides: Side[] = [];
  await reassembleCapture(file, options, side => sides.push(side));
  return sides;
}

function summary(sides: Side[]): string[] {
  return sides.map(side => `${side.src}:${side.sport} ${bytesOf(side)} ${side.end}`);
}

describe('sides', () => {
  it('end by FIN', async () => {
    const sides = await sidesOf(
      conversation('c 0 0 PA hello', 's 0 5 PA world', 'c 5 5 FA', 's 5 6 FA', 'c 6 6 A'),
    );
    expect(summary(sides)).toEqual(['10.0.0.1:1234 hello fin', '10.0.0.2:80 world fin']);
  });

  it('end by RST', async () => {
    const sides = await sidesOf(conversation('c 0 0 PA hello', 's 0 5 A', 's 0 5 RA'));
    expect(summary(sides)).toEqual(['10.0.0.1:1234 hello rst', '10.0.0.2:80  rst']);
  });

  it('end with the capture', async () => {
    const sides = await sidesOf(conversation('c 0 0 PA hello', 's 0 5 PA wor', 's 3 5 PA ld'));
    expect(summary(sides)).toEqual(['10.0.0.1:1234 hello eof', '10.0.0.2:80 world eof']);
  });

  it('end by timeout', async () => {
    const packets = conversation('c 0 0 PA hello', 's 0 5 A');
    const again = conversation('c 0 0 PA again').map(({ data, time }) => ({ data, time: time! + 86_400 }));
    expect(summary(await sidesOf([...packets, ...again]))).toEqual([
      '10.0.0.1:1234 hello timeout',
      '10.0.0.2:80  timeout',
      '10.0.0.1:1234 again eof',
      '10.0.0.2:80  eof',
    ]);
  });

  it('keep data up to a maximum, and count the rest', async () => {
    const [side] = await sidesOf(conversation('c 0 0 PA hello', 's 0 5 A'), { most: 3 });
    expect([String(bytesOf(side!)), side!.cut]).toEqual(['hel', 2]);
  });

  it('have the policy of the receiver', async () => {
    const set = ['host-os-policy.linux=10.0.0.2', 'host-os-policy.vista=10.0.0.1'];
    const packets = conversation('c 0 0 PA hello', 's 0 5 A');
    expect((await sidesOf(packets, { set })).map(side => side.policy)).toEqual(['linux', 'vista']);
    expect((await sidesOf(packets, { policy: 'last' })).map(side => side.policy)).toEqual(['last', 'last']);
    expect((await sidesOf(packets, { inline: true })).map(side => side.policy)).toEqual(['inline', 'inline']);
  });

  it('are given for the readable part of a damaged capture', async () => {
    const file = join(folder, 'damaged.pcap');
    writeFileSync(file, pcapFile(conversation('c 0 0 PA hello', 's 0 5 PA world')).subarray(0, -3));
    const sides: Side[] = [];
    expect(await reassembleCapture(file, {}, side => sides.push(side))).toBe(false);
    expect(summary(sides)).toEqual(['10.0.0.1:1234 hello eof', '10.0.0.2:80  eof']);
  });
});

const SIDE: Side = {
  proto: 'tcp',
  src: '10.0.0.1',
  sport: 1234,
  dst: 'fd00::1',
  dport: 80,
  policy: 'linux',
  data: [Buffer.from('GET / HTTP/1.1\r\n'), Buffer.from('X: \x1b[31m\n')],
  gaps: [{ offset: 16, length: 3 }],
  overlaps: [{ offset: 4, existing: Buffer.from('/'), received: Buffer.from('\0') }],
  cut: 0,
  end: 'fin',
};

describe('printing', () => {
  it('as JSON: one line, bytes in base64, without the gaps', () => {
    const line = jsonLine(SIDE);
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      proto: 'tcp',
      src: '10.0.0.1',
      sport: 1234,
      dst: 'fd00::1',
      dport: 80,
      policy: 'linux',
      data: Buffer.concat(SIDE.data).toString('base64'),
      gaps: [{ offset: 16, length: 3 }],
      overlaps: [{ offset: 4, before: 'Lw==', brought: 'AA==' }],
      end: 'fin',
    });
  });

  it('as text: with gaps, and without terminal control characters', () => {
    expect(textLines(SIDE)).toEqual([
      'tcp 10.0.0.1:1234 -> [fd00::1]:80  policy linux, 25 bytes, 1 gaps, 1 overlaps with different data, end: fin',
      '  GET / HTTP/1.1',
      '  [gap: 3 bytes at offset 16]',
      '  X: \\x1b[31m',
      '  [overlap at offset 4: first "/", then "\\x00"]',
      '',
    ]);
  });

  it('as a hex dump if it is not text', () => {
    const lines = textLines({
      ...SIDE,
      data: [Uint8Array.from({ length: 20 }, (_, i) => i * 7)],
      gaps: [],
      overlaps: [],
    });
    expect(lines.slice(1)).toEqual([
      '  00000000  00 07 0e 15 1c 23 2a 31 38 3f 46 4d 54 5b 62 69  .....#*18?FMT[bi',
      `  00000010  70 77 7e 85${' '.repeat(37)} pw~.`,
      '',
    ]);
  });

  it('to a folder: a file for each side with data, and an index', () => {
    const out = join(folder, 'out');
    const target = new SideFolder(out);
    target.write(SIDE);
    target.write({ ...SIDE, data: [] });
    const file = '000001-tcp-10.0.0.1-1234-fd00__1-80.bin';
    expect(readdirSync(out).sort()).toEqual([file, 'index.jsonl']);
    expect(readFileSync(join(out, file), 'latin1')).toBe('GET / HTTP/1.1\r\nX: \x1b[31m\n');
    const index = readFileSync(join(out, 'index.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(index.map(entry => [entry.file, entry.bytes, entry.gaps.length])).toEqual([
      [file, 25, 1],
      [undefined, 0, 1],
    ]);
  });
});
