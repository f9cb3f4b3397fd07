import { describe, expect, it } from 'vitest';
import { pcapFile } from '../packets/pcap-file.js';
import { readAll } from './read-all.js';

const text = (value: string) => Buffer.from(value, 'latin1');
const data = (result: { packets: { data: string }[] }) => result.packets.map(packet => packet.data);

describe('the pcap format', () => {
  it.each([
    { bigEndian: false, nanoseconds: false, time: '1700000000.123457000' },
    { bigEndian: true, nanoseconds: false, time: '1700000000.123457000' },
    { bigEndian: false, nanoseconds: true, time: '1700000000.123456717' },
    { bigEndian: true, nanoseconds: true, time: '1700000000.123456717' },
  ])('is read with bigEndian=$bigEndian nanoseconds=$nanoseconds', ({ time, ...options }) => {
    const file = pcapFile([{ data: text('abc'), time: 1700000000.1234567, wireLength: 1500 }], {
      ...options,
      linkType: 113,
    });
    expect(readAll(file)).toEqual({
      packets: [{ data: 'abc', wireLength: 1500, linkType: 113, time }],
      blocksInUse: 0,
    });
  });

  it('keeps packets that cross the end of a block', () => {
    const packets = Array.from({ length: 200 }, (_, i) => String(i).repeat(1 + (i % 40)));
    const file = pcapFile(packets.map(text));
    for (const chunk of [1, 7, 100, 4096, file.length]) {
      expect(data(readAll(file, { blockSize: 256, blocks: 3, chunk }))).toEqual(packets);
    }
  });

  it('waits if all blocks are in use', () => {
    const packets = Array.from({ length: 60 }, (_, i) => `packet ${i}`);
    const result = readAll(pcapFile(packets.map(text)), { blockSize: 128, blocks: 2, held: 20 });
    expect(data(result)).toEqual(packets);
    expect(result.blocksInUse).toBe(0);
  });

  it('of no packets is empty', () => {
    expect(readAll(pcapFile([]))).toEqual({ packets: [], blocksInUse: 0 });
  });

  it('truncates packets to the snap length of the header', () => {
    const file = Buffer.from(pcapFile([text('abcdef')]));
    file.writeUInt32LE(4, 16);
    expect(data(readAll(file))).toEqual(['abcd']);
  });

  it('carries microseconds of more than a second over', () => {
    const file = Buffer.from(pcapFile([text('a')]));
    file.writeUInt32LE(1_653_292, 24 + 4);
    expect(readAll(file).packets[0]!.time).toBe('1700000001.653292000');
  });

  it('reads the lengths of version 2.3 in their order', () => {
    const file = Buffer.from(pcapFile([{ data: text('abc'), wireLength: 9 }]));
    file.writeUInt16LE(1, 6);
    file.writeUInt32LE(9, 24 + 8);
    file.writeUInt32LE(3, 24 + 12);
    expect(readAll(file).packets[0]).toMatchObject({ data: 'abc', wireLength: 9 });
  });
});

describe('a damaged pcap', () => {
  const good = Buffer.from(pcapFile([text('first'), text('second')]));
  const changed = (offset: number, value: number) => {
    const copy = Buffer.from(good);
    copy.writeUInt32LE(value, offset);
    return copy;
  };
  const second = 24 + 16 + 5;

  it.each([
    [
      'truncated in the data',
      good.subarray(0, good.length - 1),
      1,
      /truncated, its last record has 21 of 22 bytes \(packet 2, byte offset 45\)/,
    ],
    [
      'truncated in the record header',
      good.subarray(0, second + 5),
      1,
      /truncated, .* 5 of 16 or more bytes \(packet 2, byte offset 45\)/,
    ],
    [
      'truncated in the file header',
      good.subarray(0, 20),
      0,
      /truncated, its header has 20 of 24 bytes \(packet 1, byte offset 0\)/,
    ],
    [
      'too long a packet',
      changed(second + 8, 0x53fe0000),
      1,
      /a packet of 1409155072 bytes, the maximum is \d+ \(packet 2, byte offset 45\)/,
    ],
    ['empty', Buffer.alloc(0), 0, /the file is empty/],
    ['short', Buffer.from('ab'), 0, /too short to be a capture/],
    ['text', Buffer.from('hello, world'), 0, /not a capture \(starts with "hell"\)/],
    ['bytes', Buffer.from('hell\xf6', 'latin1').reverse(), 0, /not a capture \(starts with 0xf66c6c65\)/],
    ['gzip', Buffer.from('1f8b080000000000', 'hex'), 0, /compressed with gzip/],
    ['zstd', Buffer.from('28b52ffd00000000', 'hex'), 0, /compressed with zstd/],
    ['modified', Buffer.from('34cdb2a100000000', 'hex'), 0, /modified pcap format/],
    ['version', changed(4, 0x00040009), 0, /pcap version 9.4, expected 2.4/],
  ])('%s: packets before the damage are read, and its position is reported', (_, file, whole, message) => {
    for (const chunk of [3, file.length]) {
      const result = readAll(file, { chunk });
      expect(result.packets.length).toBe(whole);
      expect(result.error).toMatch(message);
      expect(result.error).toMatch(/^test\.pcap: /);
      expect(result.blocksInUse).toBe(0);
    }
  });

  it('with any byte changed throws nothing but a CaptureError', () => {
    for (let offset = 0; offset < good.length; offset++) {
      for (const value of [0, 0xff, 0x80]) {
        const copy = Buffer.from(good);
        copy[offset] = value;
        const { error } = readAll(copy);
        if (error) expect(error).toMatch(/byte offset/);
      }
    }
  });
});
