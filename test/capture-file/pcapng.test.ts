import { describe, expect, it } from 'vitest';
import { Pcapng } from './pcapng-builder.js';
import { readAll } from './read-all.js';

const text = (value: string) => Buffer.from(value, 'latin1');
const TIME = 1_700_000_000n;

describe('the pcapng format', () => {
  it.each([false, true])('is read with bigEndian=%s', bigEndian => {
    const file = new Pcapng(bigEndian)
      .section()
      .interface(1)
      .enhanced(0, TIME * 1_000_000n + 5n, text('hello'), { wireLength: 900 });
    expect(readAll(file.bytes()).packets).toEqual([
      { data: 'hello', wireLength: 900, linkType: 1, time: '1700000000.000005000' },
    ]);
  });

  it.each([
    ['microseconds', undefined, TIME * 1_000_000n + 123_456n, '1700000000.123456000'],
    ['nanoseconds', 9, TIME * 1_000_000_000n + 123_456_789n, '1700000000.123456789'],
    ['seconds', 0, TIME, '1700000000.000000000'],
    ['picoseconds', 12, 12_345n * 1_000_000_000_000n + 123_456_789_012n, '12345.123456789'],
    ['2^-10 s', 0x8a, TIME * 1024n + 512n, '1700000000.500000000'],
    ['2^-30 s', 0x9e, TIME * 2n ** 30n + 2n ** 28n, '1700000000.250000000'],
    ['2^-33 s', 0xa1, TIME * 2n ** 33n + 2n ** 32n, '1700000000.500000000'],
  ])('reads timestamps in %s', (_, resolution, ticks, time) => {
    const file = new Pcapng().section().interface(1, { resolution }).enhanced(0, ticks, text('x'));
    expect(readAll(file.bytes()).packets[0]!.time).toBe(time);
  });

  it('adds the time offset of the interface', () => {
    const file = new Pcapng()
      .section()
      .interface(1, { offset: -3600 })
      .enhanced(0, TIME * 1_000_000n, text('x'));
    expect(readAll(file.bytes()).packets[0]!.time).toBe('1699996400.000000000');
  });

  it('reads several sections of either byte order, each with its own interfaces', () => {
    const first = new Pcapng(false)
      .section()
      .interface(1)
      .interface(101)
      .enhanced(1, 1n, text('raw'))
      .enhanced(0, 2n, text('eth'));
    const second = new Pcapng(true).section().interface(113).enhanced(0, 3n, text('sll'));
    const { packets, error } = readAll(Buffer.concat([first.bytes(), second.bytes()]));
    expect(error).toBeUndefined();
    expect(packets.map(packet => [packet.data, packet.linkType])).toEqual([
      ['raw', 101],
      ['eth', 1],
      ['sll', 113],
    ]);
  });

  it('reads simple and obsolete packet blocks', () => {
    const file = new Pcapng()
      .section()
      .interface(1, { snapLength: 4 })
      .obsolete(0, 7_000_000n, text('old'))
      .simple(text('simp'), 60);
    expect(readAll(file.bytes()).packets).toEqual([
      { data: 'old', wireLength: 3, linkType: 1, time: '7.000000000' },
      { data: 'simp', wireLength: 60, linkType: 1, time: '7.000000000' },
    ]);
  });

  it('skips blocks without packets, even if larger than memory', () => {
    const file = new Pcapng()
      .section()
      .interface()
      .block(4, [text('names...')])
      .block(0x0bad, [Buffer.alloc(100_000)])
      .enhanced(0, 1n, text('after'));
    for (const chunk of [13, 1 << 20]) {
      expect(readAll(file.bytes(), { chunk }).packets.map(packet => packet.data)).toEqual(['after']);
    }
  });

  it('keeps packets that cross the end of a block of memory', () => {
    const file = new Pcapng().section().interface();
    const packets = Array.from({ length: 100 }, (_, i) => String(i).repeat(1 + (i % 30)));
    for (const packet of packets) file.enhanced(0, 1n, text(packet));
    const { packets: read } = readAll(file.bytes(), { blockSize: 256, blocks: 3, chunk: 50 });
    expect(read.map(packet => packet.data)).toEqual(packets);
  });
});

describe('a damaged pcapng', () => {
  const start = () => new Pcapng().section().interface().enhanced(0, 1n, text('good'));
  const good = start().enhanced(0, 2n, text('last')).bytes();

  it.each([
    [
      'packet without an interface',
      start().enhanced(3, 1n, text('lost')).bytes(),
      1,
      /packet of interface 3, but only 1 interfaces are described/,
    ],
    [
      'simple packet without any interface',
      new Pcapng().section().simple(text('lost')).bytes(),
      0,
      /interface 0, but only 0 interfaces/,
    ],
    ['truncated', good.subarray(0, good.length - 60), 1, /truncated/],
    [
      'truncated in the options behind the packet',
      good.subarray(0, good.length - 2),
      2,
      /truncated, its last block lacks 2 bytes/,
    ],
    [
      'length beyond the block',
      start().enhanced(0, 1n, text('x'), { length: 1000 }).bytes(),
      1,
      /a packet of 1000 bytes in a block with room for/,
    ],
    [
      'odd block length',
      Buffer.concat([start().bytes(), Buffer.from('060000000d00000000000000', 'hex')]),
      1,
      /a block of 13 bytes/,
    ],
    [
      'no byte-order magic',
      Buffer.from('0a0d0d0a1c00000000000000000000000000000000000000000000001c', 'hex'),
      0,
      /byte-order magic/,
    ],
  ])('%s: packets before the damage are read, and its position is reported', (_, file, whole, message) => {
    const result = readAll(file);
    expect(result.packets.length).toBe(whole);
    expect(result.error).toMatch(message);
    expect(result.error).toMatch(/byte offset \d+\)$/);
    expect(result.blocksInUse).toBe(0);
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
