/** When data is delivered, in which packet, and with which flags. */
import { describe, expect, it } from 'vitest';
import * as Packet from '../../engine/packet.js';
import { BSD, FIRST, LAST } from '../../modules/stream/reassembly/policy.js';
import { OVER_LIMIT, OVER_MEMCAP, PLACED } from '../../modules/stream/reassembly/reassembler.js';
import { Feed, type FeedSettings } from './feed.js';

function feedOf(settings: Partial<FeedSettings> = {}): Feed {
  return new Feed({ policy: BSD, flows: 4, ...settings });
}

/** Stream data of each packet in the next batch: `slot kind data flags`. */
function carried(feed: Feed): string[] {
  const lines: string[] = [];
  feed.onPacket = slot => {
    const field = (index: number) => feed.thread.field(slot, index);
    if (field(Packet.STREAM_FLAGS) === 0) return;
    const kind = field(Packet.PSEUDO) === Packet.PSEUDO_STREAM ? 'pseudo' : 'packet';
    const data = feed.thread.text(field(Packet.STREAM_DATA) >>> 0, field(Packet.STREAM_LENGTH));
    const gap = field(Packet.STREAM_GAP) > 0 ? [`gap ${field(Packet.STREAM_GAP)}`] : [];
    lines.push(
      [`${kind} ${field(Packet.NUMBER)}`, ...gap, data, ...flagNames(field(Packet.STREAM_FLAGS))].join(' '),
    );
  };
  feed.endBatch();
  feed.onPacket = undefined;
  return lines;
}

const FLAGS = {
  start: Packet.STREAM_START,
  end: Packet.STREAM_END,
  depth: Packet.STREAM_DEPTH,
  reset: Packet.STREAM_RESET,
  beyond: Packet.STREAM_BEYOND,
};

function flagNames(flags: number): string[] {
  return Object.entries(FLAGS)
    .filter(([, bit]) => flags & bit)
    .map(([name]) => name);
}

describe('in IDS mode', () => {
  it('delivers data with the ACK', () => {
    const feed = feedOf();
    feed.segment(1, 'abc');
    feed.segment(4, 'def');
    expect(carried(feed)).toEqual([]);
    feed.acknowledge(4);
    feed.acknowledge(7);
    expect(carried(feed)).toEqual(['packet 3 abc start', 'packet 4 def']);
  });

  it('delivers out-of-order data once the gap is filled and acknowledged', () => {
    const feed = feedOf();
    feed.segment(4, 'def');
    feed.acknowledge(1);
    feed.segment(1, 'abc');
    feed.acknowledge(7);
    expect(carried(feed)).toEqual(['packet 4 abcdef start']);
  });

  it('reports a gap if data that was never seen is acknowledged', () => {
    const feed = feedOf();
    feed.segment(1, 'abc');
    feed.segment(9, 'ghi');
    feed.acknowledge(12);
    expect(carried(feed)).toEqual(['packet 3 abc start', 'pseudo 3 gap 5 ghi']);
    expect(feed.thread.counters.read('tcp.reassembly_gap')).toBe(1);
  });

  it('accepts data after its ACK, as long as nothing behind it was delivered', () => {
    const feed = feedOf();
    feed.acknowledge(7);
    feed.segment(1, 'abcdef');
    feed.acknowledge(7);
    expect(carried(feed)).toEqual(['packet 3 abcdef start']);
  });

  it('delivers all remaining data at the end, acknowledged or not', () => {
    const feed = feedOf();
    feed.segment(1, 'abc');
    feed.segment(6, 'f');
    feed.finish();
    feed.segment(7, 'late');
    feed.finish();
    expect(carried(feed)).toEqual(['packet 3 abc start', 'pseudo 3 gap 2 f end beyond']);
  });

  it('reports the end even if no data remains', () => {
    const feed = feedOf();
    feed.segment(1, 'abc');
    feed.acknowledge(4);
    feed.finish(Packet.STREAM_END | Packet.STREAM_RESET);
    expect(carried(feed)).toEqual(['packet 2 abc start', 'packet 3  end reset']);
  });

  it('keeps data readable until the end of the batch, although its memory is released', () => {
    const feed = feedOf();
    for (let i = 0; i < 50; i++) {
      feed.segment(1 + i * 100, String(i % 10).repeat(100));
      feed.acknowledge(101 + i * 100);
    }
    feed.endBatch();
    expect(feed.received.text).toBe(
      Array.from({ length: 50 }, (_, i) => String(i % 10).repeat(100)).join(''),
    );
    expect(feed.reassembler.bytesHeld).toBe(0);
  });

  it('keeps data if no packet is free to carry it, and delivers it later', () => {
    const feed = feedOf({ slots: 4 });
    feed.segment(1, 'abc');
    feed.segment(9, 'ghi');
    feed.segment(12, 'j');
    feed.acknowledge(12);
    expect(carried(feed)).toEqual(['packet 4 abc start']);
    feed.acknowledge(13);
    expect(carried(feed)).toEqual(['packet 5 gap 5 ghij']);
  });
});

it('leaves packets in the pool for others, however many holes a stream has', () => {
  const feed = feedOf({ slots: 256 });
  for (let i = 0; i < 400; i++) {
    feed.segment(2 + 2 * i, 'x');
    if (i % 20 === 19) feed.endBatch();
  }
  feed.acknowledge(802);
  expect(feed.thread.pool.available).toBe(256 / 8);
  feed.endBatch();
  expect(feed.received.text.length).toBe(2 * 224);
  feed.acknowledge(802);
  feed.endBatch();
  expect(feed.received.text).toBe('.x'.repeat(400));
});

describe('inline', () => {
  it("delivers a packet's own bytes with it, without copying them", () => {
    const feed = feedOf({ inline: true });
    feed.segment(1, 'abc');
    feed.onPacket = slot => {
      expect(feed.thread.field(slot, Packet.STREAM_DATA)).toBe(feed.thread.field(slot, Packet.PAYLOAD));
      expect(feed.thread.field(slot, Packet.STREAM_FLAGS) & Packet.STREAM_INLINE).toBeTruthy();
    };
    feed.endBatch();
  });

  it('reports the end of a direction with its last data, if one packet brings both', () => {
    const feed = feedOf({ inline: true });
    feed.segment(1, 'abc', { end: true });
    expect(carried(feed)).toEqual(['packet 1 abc start end']);
  });

  it('does not report the end of the other direction in a packet with data of its own', () => {
    const feed = feedOf({ inline: true });
    feed.reassembler.open(0, false, 1, BSD, true);
    feed.segment(1, 'abc', { endOther: true });
    expect(carried(feed)).toEqual(['packet 1 abc start', 'pseudo 1  start end']);
  });

  it('delivers waiting data with the packet that fills the gap', () => {
    const feed = feedOf({ inline: true });
    feed.segment(4, 'def');
    feed.segment(7, 'ghi');
    feed.segment(1, 'abc');
    expect(carried(feed)).toEqual(['packet 3 abcdefghi start']);
  });

  it('rewrites a packet with conflicting bytes, until they are acknowledged', () => {
    const feed = feedOf({ inline: true });
    feed.segment(1, 'harmless');
    feed.endBatch();
    feed.segment(1, 'evil');
    feed.acknowledge(9);
    feed.segment(1, 'evil');
    feed.endBatch();
    expect(feed.sent).toEqual(['harmless', 'harm', 'evil']);
    expect(feed.received.text).toBe('harmless');
    expect(feed.reassembler.bytesHeld).toBe(0);
  });

  it('updates the checksum of a packet it rewrites', () => {
    for (const at of [1, 2, 3]) {
      const feed = feedOf({ inline: true });
      feed.segment(at, 'zyxwv');
      feed.endBatch();
      feed.segment(1, 'abcdefghijk');
      feed.onPacket = slot => {
        const start = feed.thread.field(slot, Packet.L4);
        const { view } = feed.thread.memory;
        // The header is all zeros: the checksum of the original payload was 0 minus its sum.
        expect(view.getUint16(start + 16)).toBe(difference('abcdefghijk', feed.thread.payload(slot)));
        expect(feed.thread.field(slot, Packet.FLAGS) & Packet.FLAG_MODIFIED).toBeTruthy();
      };
      feed.endBatch();
    }
  });

  it('continues inspection without memory to keep the data', () => {
    const feed = feedOf({ inline: true, streamBytes: 256 });
    expect(feed.segment(1, 'a'.repeat(200))).toBe(PLACED);
    expect(feed.segment(201, 'b'.repeat(200))).toBe(OVER_MEMCAP);
    feed.segment(401, 'c');
    feed.endBatch();
    expect(feed.received.text).toBe('a'.repeat(200) + 'b'.repeat(200) + 'c');
  });
});

/** Checksum of a segment whose checksum was 0 before bytes changed from `before` to `after` (RFC 1624). */
function difference(before: string, after: string): number {
  const words = (text: string) => {
    const bytes = Buffer.from(`${text}\0`, 'latin1');
    return Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readUInt16BE(i * 2));
  };
  let sum = 0xffff;
  const old = words(before);
  words(after).forEach((word, i) => {
    sum += (~old[i]! & 0xffff) + word;
  });
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

describe('conflicting overlaps', () => {
  it.each([
    { policy: BSD, inline: false },
    { policy: LAST, inline: false },
    { policy: FIRST, inline: false },
    { policy: FIRST, inline: true },
  ])('are reported with both versions ($policy, $inline)', settings => {
    const feed = feedOf(settings);
    feed.segment(1, 'GOOD DATA');
    feed.segment(6, 'EVIL');
    const events: string[] = [];
    feed.onPacket = slot => {
      events.push(...feed.thread.events(slot));
      const versions = feed.reassembler.overlapOf(slot);
      if (!versions) return;
      expect(versions.position).toBe(5);
      expect(Buffer.from(versions.existing).toString()).toBe('DATA');
      expect(Buffer.from(versions.received).toString()).toBe('EVIL');
    };
    feed.endBatch();
    expect(events).toEqual(['stream.reassembly_overlap_different_data']);
    expect(feed.thread.counters.read('tcp.overlap')).toBe(1);
    expect(feed.thread.counters.read('tcp.overlap_diff_data')).toBe(1);
  });

  it('are not detected if disabled', () => {
    const config = { stream: { reassembly: { 'check-overlap-different-data': false } } };
    const feed = feedOf({ config });
    feed.segment(1, 'GOOD');
    feed.segment(1, 'EVIL');
    expect(feed.thread.counters.read('tcp.overlap_diff_data')).toBe(0);
  });

  it('are not reported for a plain retransmission', () => {
    const feed = feedOf();
    feed.segment(1, 'GOOD');
    feed.segment(1, 'GOOD');
    expect(feed.thread.counters.nonZero()).toMatchObject({ 'tcp.overlap': 1 });
    expect(feed.thread.counters.read('tcp.overlap_diff_data')).toBe(0);
  });
});

describe('depth', () => {
  const config = { stream: { reassembly: { depth: 5 } } };

  it('ends reassembly in the middle of a segment', () => {
    for (const inline of [false, true]) {
      const feed = feedOf({ config, inline });
      feed.segment(1, 'abc');
      feed.segment(4, 'defgh');
      feed.segment(9, 'ijk');
      feed.acknowledge(12);
      feed.finish();
      feed.endBatch();
      expect(feed.received.text).toBe('abcde');
      expect(flagNames(feed.received.flags)).toEqual(['start', 'end', 'depth']);
      expect(feed.thread.counters.read('tcp.stream_depth_reached')).toBe(1);
      expect(feed.reassembler.bytesHeld).toBe(0);
    }
  });

  it('leaves data beyond it, not acknowledged when it is reached, to packet inspection', () => {
    const feed = feedOf({ config });
    feed.segment(1, 'ab');
    feed.acknowledge(3);
    feed.segment(3, 'c');
    feed.segment(4, 'defgh');
    feed.acknowledge(4);
    feed.endBatch();
    expect(feed.received.text).toBe('abc');
    expect(flagNames(feed.received.flags)).toEqual(['start', 'beyond']);
  });

  it('does not keep the first data from parsers, whatever waits behind it', () => {
    const feed = feedOf({ config });
    feed.segment(1, 'ab');
    feed.segment(3, 'c');
    feed.segment(4, 'defgh');
    feed.acknowledge(3);
    feed.endBatch();
    expect(feed.received.text).toBe('ab');
    expect(flagNames(feed.received.flags)).toEqual(['start']);
    feed.acknowledge(9);
    feed.endBatch();
    expect(feed.received.text).toBe('abcde');
    expect(flagNames(feed.received.flags)).toContain('beyond');
  });

  it('can be changed for one flow', () => {
    const feed = feedOf({ config });
    feed.reassembler.setDepth(0, 8);
    feed.segment(1, 'abcdefghijk');
    feed.acknowledge(12);
    feed.endBatch();
    expect(feed.received.text).toBe('abcdefgh');
    feed.begin(0);
    feed.reassembler.setDepth(0, 0);
    feed.segment(1, 'abcdefghijk');
    feed.acknowledge(12);
    feed.endBatch();
    expect(feed.received.text).toBe('abcdefghijk');
  });
});

describe('limits', () => {
  const strict = { stream: { reassembly: { 'out-of-order-limits': 'strict' } } };

  it('strict: five pieces', () => {
    const feed = feedOf({ config: strict });
    for (let i = 0; i < 5; i++) expect(feed.segment(10 + i, 'x')).toBe(PLACED);
    expect(feed.segment(20, 'x')).toBe(OVER_LIMIT);
    expect(feed.segment(1, '123456789')).toBe(PLACED);
  });

  it('strict: 5,000 bytes', () => {
    const feed = feedOf({ config: strict });
    for (let i = 0; i < 4; i++) expect(feed.segment(10 + 1200 * i, 'x'.repeat(1200))).toBe(PLACED);
    expect(feed.segment(10 + 1200 * 4, 'x'.repeat(300))).toBe(OVER_LIMIT);
  });

  it('strict: two gaps', () => {
    const feed = feedOf({ config: strict });
    expect(feed.segment(10, 'x')).toBe(PLACED);
    expect(feed.segment(20, 'x')).toBe(PLACED);
    expect(feed.segment(30, 'x')).toBe(OVER_LIMIT);
    expect(feed.segment(11, 'x'.repeat(9))).toBe(PLACED);
    expect(feed.segment(30, 'x')).toBe(PLACED);
    expect(feed.thread.counters.read('tcp.out_of_order_limit')).toBe(1);
  });

  it('strict: a segment that begins within another makes no gap', () => {
    const feed = feedOf({ config: strict });
    for (const at of [10, 12]) expect(feed.segment(at, 'xx')).toBe(PLACED);
    expect(feed.segment(13, 'xxx')).toBe(PLACED);
    expect(feed.segment(20, 'x')).toBe(PLACED);
    expect(feed.segment(30, 'x')).toBe(OVER_LIMIT);
  });

  it('regions that are far apart', () => {
    const feed = feedOf({ config: { stream: { reassembly: { 'max-regions': 2, depth: 0 } } } });
    expect(feed.segment(1, 'x')).toBe(PLACED);
    expect(feed.segment(300_000, 'x')).toBe(PLACED);
    expect(feed.segment(600_000, 'x')).toBe(OVER_LIMIT);
    expect(feed.segment(300_100, 'x')).toBe(PLACED);
  });

  it('memcap, simulated for one packet', () => {
    const feed = feedOf({ config: { simulate: { 'packet-tcp-reassembly-memcap': 2 } } });
    expect([1, 4, 7].map(at => feed.segment(at, 'abc'))).toEqual([PLACED, OVER_MEMCAP, PLACED]);
    expect(feed.thread.counters.read('tcp.segment_memcap_drop')).toBe(1);
  });

  it('memcap: the packet has an event, and existing data is kept', () => {
    const feed = feedOf({ streamBytes: 4096 });
    expect(feed.segment(1001, 'b'.repeat(1000))).toBe(PLACED);
    expect(feed.segment(2001, 'c'.repeat(1000))).toBe(PLACED);
    expect(feed.segment(3001, 'd'.repeat(2000))).toBe(OVER_MEMCAP);
    const events: string[] = [];
    let inStream = 0;
    feed.onPacket = slot => {
      events.push(...feed.thread.events(slot));
      if (feed.thread.field(slot, Packet.FLAGS) & Packet.FLAG_IN_STREAM) inStream++;
    };
    feed.endBatch();
    feed.onPacket = undefined;
    // Data that was not kept is inspected as a packet.
    expect(inStream).toBe(2);
    expect(events).toEqual(['stream.reassembly_insert_memcap']);
    expect(feed.thread.counters.read('tcp.segment_memcap_drop')).toBe(1);
    feed.acknowledge(3001);
    feed.acknowledge(3001);
    feed.endBatch();
    expect(feed.received.text).toBe('.'.repeat(1000) + 'b'.repeat(1000) + 'c'.repeat(1000));
  });
});

it('a disabled direction is no longer reassembled', () => {
  const feed = feedOf();
  feed.segment(1, 'abc');
  feed.acknowledge(4);
  feed.segment(4, 'def');
  feed.reassembler.stop(0, true);
  feed.segment(7, 'ghi');
  feed.acknowledge(10);
  feed.finish();
  feed.endBatch();
  expect(feed.received.text).toBe('abc');
  expect(feed.reassembler.bytesHeld).toBe(0);
});
