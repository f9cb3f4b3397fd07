import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Batch } from '../../engine/batch.js';
import type { ConfigTree } from '../../engine/config/config.js';
import type { ThreadModule } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import pcap from '../../modules/pcap.js';
import { pcapFile } from '../packets/pcap-file.js';
import { type StubOptions, type StubThread, stubThread } from '../thread-stub.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-acquire-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = (value: string) => Buffer.from(value, 'latin1');

/** Writes a capture of packets whose bytes are these words; `age` seconds old. */
function capture(name: string, words: string[], age = 0): string {
  const path = join(folder, name);
  writeFileSync(path, pcapFile(words.map(text)));
  const time = Date.now() / 1000 - age;
  utimesSync(path, time, time);
  return path;
}

async function acquire(
  options: Record<string, unknown>,
  stub: StubOptions = {},
  place = { index: 0, count: 1 },
) {
  const { 'bpf-filter': filter, config, ...file } = options;
  const thread = Object.assign(
    stubThread({
      ...stub,
      config: { 'pcap-file': file, 'bpf-filter': filter, ...(config as ConfigTree | undefined) },
    }),
    place,
  );
  return { thread, module: await pcap.create(thread) };
}

/** All packets of the module, as `number source words`. */
function drain(run: { thread: StubThread; module: ThreadModule }): string[] {
  const found = taken(run);
  run.module.end?.(new Batch());
  run.module.close?.();
  return found;
}

/** The packets available now. */
function taken({ thread, module }: { thread: StubThread; module: ThreadModule }): string[] {
  const found: string[] = [];
  const batch = new Batch();
  for (let idle = 0; idle < 10 && !module.finished; idle += batch.length === 0 ? 1 : 0) {
    thread.releaseBatch(batch);
    module.process(batch);
    for (const slot of batch.slots.subarray(0, batch.length)) {
      const bytes = thread.text(thread.field(slot, Packet.DATA), thread.field(slot, Packet.LENGTH));
      found.push(`${thread.field(slot, Packet.NUMBER)} ${thread.field(slot, Packet.SOURCE)} ${bytes}`);
    }
  }
  thread.releaseBatch(batch);
  return found;
}

describe('capture from files', () => {
  it('reads several files in turn and numbers their packets continuously', async () => {
    const files = [capture('b.pcap', ['one', 'two']), capture('a.pcap', ['three'])];
    expect(drain(await acquire({ files }))).toEqual(['1 0 one', '2 0 two', '3 1 three']);
  });

  it.each([
    [{ threading: { 'batch-size': 2 } }, [2, 2, 1]],
    [{ 'engine-mode': 'ips' }, [1, 1, 1, 1, 1]],
    [{ stream: { reassembly: { depth: '64kb' } } }, [1, 1, 1, 1, 1]],
    [{}, [5]],
  ])('fills batches as configured: %o', async (config, sizes) => {
    const files = [capture('a.pcap', ['a', 'b', 'c', 'd', 'e'])];
    const { thread, module } = await acquire({ files, config });
    const found: number[] = [];
    const batch = new Batch();
    while (!module.finished) {
      module.process(batch);
      if (batch.length > 0) found.push(batch.length);
      thread.releaseBatch(batch);
    }
    expect(found).toEqual(sizes);
  });

  it('with continuous replay, reads captures again, an hour after their last packet', async () => {
    const timed = (name: string, times: number[]) => {
      const path = join(folder, name);
      writeFileSync(path, pcapFile(times.map(time => ({ data: text('x'), time }))));
      return path;
    };
    const files = [timed('a.pcap', [1000, 1010]), timed('b.pcap', [1020])];
    const { thread, module } = await acquire({ files, passes: 3 });
    const times: number[] = [];
    const batch = new Batch();
    while (!module.finished) {
      module.process(batch);
      for (const slot of batch.slots.subarray(0, batch.length))
        times.push(thread.field(slot, Packet.SECONDS));
      thread.releaseBatch(batch);
    }
    const again = 3600 + 20;
    expect(times).toEqual([0, 1, 2].flatMap(pass => [1000, 1010, 1020].map(time => time + pass * again)));
    module.close?.();
  });

  it('returns if captures that are replayed continuously contain no packets', async () => {
    const { module } = await acquire({ files: [capture('a.pcap', [])], passes: 0 });
    for (let i = 0; i < 5; i++) module.process(new Batch());
    expect(module.finished).toBe(false);
    module.close?.();
  });

  it("sets every column of a packet's row", async () => {
    const path = join(folder, 'x.pcap');
    writeFileSync(
      path,
      pcapFile([{ data: text('abc'), time: 1700000000.5, wireLength: 99 }], { linkType: 101 }),
    );
    const { thread, module } = await acquire({ files: [path] });
    const batch = new Batch();
    module.process(batch);
    const slot = batch.slots[0]!;
    const fields = [Packet.LENGTH, Packet.WIRE_LENGTH, Packet.LINK_TYPE, Packet.SECONDS, Packet.NANOSECONDS];
    expect(fields.map(field => thread.field(slot, field))).toEqual([3, 99, 101, 1700000000, 500000000]);
    expect(thread.pool.idle).toBe(false);
    thread.releaseBatch(batch);
    module.close?.();
    expect([thread.pool.idle, thread.pool.availableBlocks]).toEqual([true, 16]);
  });

  it('distributes files over threads in turn', async () => {
    const files = ['a', 'b', 'c', 'd', 'e'].map(name => capture(`${name}.pcap`, [name]));
    expect(drain(await acquire({ files }, {}, { index: 0, count: 2 }))).toEqual(['1 0 a', '2 2 c', '3 4 e']);
    expect(drain(await acquire({ files }, {}, { index: 1, count: 2 }))).toEqual(['1 1 b', '2 3 d']);
  });

  it('reads a folder, oldest file first', async () => {
    capture('a.pcap', ['newer'], 10);
    capture('b.pcap', ['oldest'], 30);
    capture('c.pcap', ['middle'], 20);
    mkdirSync(join(folder, 'below'));
    capture('below/d.pcap', ['deep'], 5);
    const plain = drain(await acquire({ files: [folder] }));
    expect(plain).toEqual(['1 0 oldest', '2 1 middle', '3 2 newer']);
    const recursive = drain(await acquire({ files: [folder], recursive: 'yes' }));
    expect(recursive.at(-1)).toBe('4 3 deep');
  });

  it('reports a file whose name is not UTF-8, and reads the others of the folder', async () => {
    const name = Buffer.concat([Buffer.from(`${folder}/caf`), Uint8Array.of(0xe9)]);
    writeFileSync(name, pcapFile([text('one')]));
    capture('a.pcap', ['two']);
    const run = await acquire({ files: [folder] });
    expect(drain(run)).toEqual(['1 1 two']);
    expect(run.thread.log.lines.join()).toMatch(
      /^error: .*caf\uFFFD: the file name is not UTF-8; rename the file/,
    );
    expect(run.thread.counters.read('pcap_file.errors')).toBe(1);
  });

  it('skips files of a folder that are not captures, with a warning', async () => {
    capture('a.pcap', ['one']);
    writeFileSync(join(folder, 'notes.txt'), 'not a capture');
    const run = await acquire({ files: [folder] });
    expect(drain(run).length).toBe(1);
    expect(run.thread.log.lines.join()).toMatch(/^warning: .*notes\.txt: not a capture/);
    expect(run.thread.counters.read('pcap_file.errors')).toBe(0);
  });

  it('reports a damaged file once, counts it, and continues with the next', async () => {
    const damaged = join(folder, 'a.pcap');
    writeFileSync(damaged, pcapFile([text('whole'), text('cut')]).subarray(0, -1));
    const files = [damaged, join(folder, 'gone.pcap'), capture('b.pcap', ['next'])];
    writeFileSync(files[1]!, '');
    const run = await acquire({ files });
    expect(drain(run)).toEqual(['1 0 whole', '2 2 next']);
    expect(run.thread.log.lines).toEqual([
      expect.stringMatching(/^error: .*a\.pcap: the file is truncated, .* \(packet 2, byte offset 45\)/),
      expect.stringMatching(/^error: .*gone\.pcap: the file is empty/),
    ]);
    expect(run.thread.counters.read('pcap_file.errors')).toBe(2);
  });

  it('reports damage as a warning if configured', async () => {
    const path = join(folder, 'a.pcap');
    writeFileSync(path, 'nonsense');
    const run = await acquire({ files: [path], damaged: 'warning' });
    drain(run);
    expect(run.thread.log.lines.join()).toMatch(/^warning: /);
    expect(run.thread.counters.read('pcap_file.errors')).toBe(0);
  });

  it('fills smaller batches if slots or blocks are scarce, and loses no packet', async () => {
    const words = Array.from({ length: 500 }, (_, i) => `packet ${i}`);
    const file = capture('a.pcap', words);
    const run = await acquire({ files: [file] }, { slots: 8, bytes: 1024, blockSize: 512 });
    expect(drain(run)).toEqual(words.map((word, i) => `${i + 1} 0 ${word}`));
    expect(run.thread.pool.idle).toBe(true);
  });

  it('counts the bytes read', async () => {
    const run = await acquire({ files: [capture('a.pcap', ['12345', '67890']), capture('b.pcap', ['x'])] });
    drain(run);
    expect(run.thread.counters.nonZero()).toMatchObject({
      'pcap_file.files': 2,
      'pcap_file.bytes': 2 * 24 + 3 * 16 + 11,
    });
  });

  it('fails to start if a file does not exist', async () => {
    await expect(acquire({ files: [join(folder, 'none.pcap')] })).rejects.toThrow(/ENOENT.*none\.pcap/);
  });
});

describe('capture from growing files and folders', () => {
  it('follows a file that is still written', async () => {
    const whole = pcapFile([text('one'), text('two')]);
    const path = join(folder, 'a.pcap');
    writeFileSync(path, whole.subarray(0, 30));
    const { thread, module } = await acquire({ files: [path], continuous: 'yes' });
    const batch = new Batch();
    module.process(batch);
    expect([batch.length, module.finished]).toEqual([0, false]);
    appendFileSync(path, whole.subarray(30, 50));
    module.process(batch);
    expect(batch.length).toBe(1);
    appendFileSync(path, whole.subarray(50));
    module.process(batch);
    expect([batch.length, module.finished, thread.log.lines]).toEqual([2, false, []]);
    module.close?.();
  });

  it.each<[string, (path: string, data: Uint8Array) => void, string]>([
    [
      'is replaced',
      (path, data) => {
        renameSync(path, `${path}.1`);
        writeFileSync(path, data);
      },
      'the file was replaced by another one',
    ],
    ['is truncated and rewritten', (path, data) => writeFileSync(path, data), 'the file was truncated'],
  ])('starts again at the beginning of a file that %s', async (_, change, message) => {
    const path = capture('a.pcap', ['one', 'two']);
    const run = await acquire({ files: [path], continuous: 'yes' });
    expect(taken(run)).toEqual(['1 0 one', '2 0 two']);
    change(path, pcapFile([text('new')]));
    expect(taken(run)).toEqual(['3 0 new']);
    appendFileSync(path, pcapFile([text('more')]).subarray(24));
    expect(taken(run)).toEqual(['4 0 more']);
    expect(run.module.finished).toBe(false);
    expect(run.thread.log.lines).toEqual([`notice: ${path}: ${message}, reading it from its beginning`]);
    run.module.close?.();
  });

  it('reads the rest of a file that was moved away, and waits for its successor', async () => {
    const path = capture('a.pcap', ['one']);
    const run = await acquire({ files: [path], continuous: 'yes' });
    expect(taken(run)).toEqual(['1 0 one']);
    renameSync(path, `${path}.1`);
    expect(taken(run)).toEqual([]);
    appendFileSync(`${path}.1`, pcapFile([text('late')]).subarray(24));
    writeFileSync(path, pcapFile([text('new')]));
    expect(taken(run)).toEqual(['2 0 late', '3 0 new']);
    run.module.close?.();
  });

  it('watches a folder for complete files', async () => {
    capture('b.pcap', ['second'], 100);
    capture('a.pcap', ['first'], 200);
    capture('c.pcap', ['too fresh'], 0);
    const run = await acquire({ files: [folder], continuous: 'yes' });
    expect(drain(run)).toEqual(['1 0 first', '2 1 second']);
    expect(run.module.finished).toBe(false);
  });
});

describe('delete-when-done', () => {
  it('deletes files that were read completely', async () => {
    const good = capture('a.pcap', ['one']);
    const bad = join(folder, 'b.pcap');
    writeFileSync(bad, pcapFile([text('cut')]).subarray(0, -1));
    drain(await acquire({ files: [good, bad], 'delete-when-done': 'yes' }));
    expect([existsSync(good), existsSync(bad)]).toEqual([false, true]);
  });

  it('non-alerts: keeps files with alerts', async () => {
    const files = [capture('a.pcap', ['calm']), capture('b.pcap', ['alert'])];
    const { thread, module } = await acquire({ files, 'delete-when-done': 'non-alerts' });
    const batch = new Batch();
    module.process(batch);
    thread.memory.row[batch.slots[1]! * Packet.INTS + Packet.ALERTS] = 1;
    expect(existsSync(files[0]!)).toBe(true);
    thread.releaseBatch(batch);
    module.end?.(batch);
    expect(files.map(file => existsSync(file))).toEqual([false, true]);
  });
});
