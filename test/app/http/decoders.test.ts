import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Config } from '../../../engine/config/config.js';
import { ContentDecoder, type Encoding, encodingsOf } from '../../../modules/app/http/content-decoder.js';
import { Inflate } from '../../../modules/app/http/inflate.js';
import { decodeLzma } from '../../../modules/app/http/lzma.js';
import { httpSettings } from '../../../modules/app/http/settings.js';
import { libhtp } from './exchange.js';

const TEXT = 'to be or not to be, that is to be asked, to be sure';
/** `TEXT` compressed by lzma(1). */
const LZMA = 'XQAAgAD//////////wA6G8AFIeUKTYySi17DZkDXHbxvya0cxp63aGmkKmvosaFqGW+nsBSq+Sr98dTuAA==';

/** Text with some repetitions. */
function sample(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (((i * i) >>> 7) & 63) | (i % 97 === 0 ? i & 255 : 0));
}

describe('inflate', () => {
  it('decompresses any deflate data with any segmentation', () => {
    for (const strategy of [0, 2, 3, 4]) {
      for (const level of [0, 1, 9]) {
        const data = sample(70_000);
        const packed = deflateRawSync(data, { level, strategy });
        for (const step of [packed.length, 1400, 7]) {
          const out: Uint8Array[] = [];
          const inflate = new Inflate((bytes, start, end) => out.push(bytes.slice(start, end)) > 0);
          for (let at = 0; at < packed.length; at += step) inflate.write(packed.subarray(at, at + step));
          expect(inflate.state).toBe('done');
          expect(Buffer.concat(out).equals(data)).toBe(true);
        }
      }
    }
  });

  it('never throws on damaged data', () => {
    const packed = deflateRawSync(sample(3000));
    for (let at = 0; at < packed.length; at++) {
      const damaged = Buffer.from(packed);
      damaged[at]! ^= 1 << (at & 7);
      const inflate = new Inflate(() => true);
      inflate.write(damaged);
      expect(['more', 'done', 'damaged']).toContain(inflate.state);
    }
  });
});

describe('lzma', () => {
  it('decompresses, and gives what there is of truncated data', () => {
    const packed = Buffer.from(LZMA, 'base64');
    expect(Buffer.from(decodeLzma(packed, 1000)!).toString()).toBe(TEXT);
    expect(Buffer.from(decodeLzma(packed, 5)!).toString()).toBe('to be');
    const cut = Buffer.from(decodeLzma(packed.subarray(0, 40), 1000)!).toString();
    expect(cut.length).toBeGreaterThan(5);
    expect(TEXT.startsWith(cut)).toBe(true);
  });

  it('never throws on damaged data', () => {
    const packed = Buffer.from(LZMA, 'base64');
    for (let at = 0; at < packed.length * 8; at++) {
      const damaged = Buffer.from(packed);
      damaged[at >> 3]! ^= 1 << (at & 7);
      expect(() => decodeLzma(damaged, 10_000)).not.toThrow();
    }
  });
});

describe('content encodings', () => {
  const cases: [string, Encoding[], Uint8Array][] = [
    ['gzip', ['gzip'], gzipSync(TEXT)],
    ['deflate without a header', ['deflate'], deflateRawSync(TEXT)],
    ['deflate with a zlib header', ['deflate'], deflateSync(TEXT)],
    ['gzip that is deflate', ['gzip'], deflateRawSync(sample(20_000))],
    ['brotli', ['br'], brotliCompressSync(TEXT)],
    ['lzma', ['lzma'], Buffer.from(LZMA, 'base64')],
    ['two layers', ['gzip', 'deflate'], gzipSync(deflateSync(TEXT))],
    ['unencoded data', ['gzip'], Buffer.from(TEXT)],
  ];

  it.each(cases)('decodes %s', (name, encodings, packed) => {
    const expected = name === 'gzip that is deflate' ? Buffer.from(sample(20_000)) : Buffer.from(TEXT);
    for (const step of [packed.length, 3, 1])
      expect(decoded(encodings, packed, step).equals(expected)).toBe(true);
  });

  it.each([
    ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
    ['br, gzip', gzipSync(brotliCompressSync(TEXT))],
    ['deflate, gzip', gzipSync(deflateRawSync(TEXT))],
    // Applied in reverse order.
    ['gzip, deflate', gzipSync(deflateSync(TEXT))],
  ])('decodes %s', (value, packed) => {
    const encodings = encodingsOf(Buffer.from(value), 2, () => {});
    for (const step of [packed.length, 3]) expect(decoded(encodings, packed, step).toString()).toBe(TEXT);
  });

  it.each([
    ['name', 8, [`${'n'.repeat(70_000)}\0`]],
    ['comment', 16, [`${'c'.repeat(200_000)}\0`]],
    ['name behind other fields', 30, ['\x05\0extra', 'n\0', `${'c'.repeat(70_000)}\0`, '\0\x01']],
    ['name behind an empty field', 12, ['\0\0', `${'n'.repeat(70_000)}\0`]],
  ])('decodes gzip with a long %s', (_, flags, parts) => {
    const packed = gzipSync(TEXT);
    const [fixed, rest] = [packed.subarray(0, 10), packed.subarray(10)];
    fixed[3] = flags;
    const whole = Buffer.concat([fixed, Buffer.from(parts.join(''), 'latin1'), rest]);
    for (const step of [whole.length, 1000, 61]) expect(decoded(['gzip'], whole, step).toString()).toBe(TEXT);
  });

  it.each(['64gb', 100])('decodes brotli up to a bomb of %s', limit => {
    const packed = brotliCompressSync(TEXT);
    expect(decoded(['br'], packed, 3, { 'compression-bomb-limit': limit }).toString()).toBe(TEXT);
  });

  describe('partly decodable brotli', () => {
    const script = 'what a browser has run by then';
    const bomb = brotliCompressSync(Buffer.concat([Buffer.from(script), Buffer.alloc(5 << 20)]));
    const numbers = Array.from({ length: 1500 }, (_, i) => (i * i * 7919) % 100_003).join(' ');
    const damaged = brotliCompressSync(script + numbers).fill(0, 3000);

    it.each([bomb.length, 10])('gives the beginning of a bomb, %d bytes at a time', step => {
      const seen: string[] = [];
      const some = decoded(['br'], bomb, step, {}, seen).toString('latin1');
      expect([some.slice(0, 20), seen]).toEqual([script.slice(0, 20), ['compression_bomb']]);
    });

    it('gives what is below the limit for bombs', () => {
      const seen: string[] = [];
      const packed = brotliCompressSync(Buffer.alloc(3 << 20, 'a'));
      const some = decoded(['br'], packed, packed.length, {}, seen);
      expect([some.length, some[0], seen]).toEqual([1 << 20, 0x61, ['compression_bomb']]);
    });

    it.each([damaged.length, 100])('gives what precedes the damage, %d bytes at a time', step => {
      const some = decoded(['br'], damaged, step).toString('latin1');
      expect([some.startsWith(script), some.length > 5000]).toEqual([true, true]);
    });
  });

  it.each([
    ['gzip', ['gzip'], []],
    ['x-gzip', ['gzip'], []],
    ['GZip', ['gzip'], []],
    ['gzip, deflate', ['deflate', 'gzip'], []],
    ['br, gzip, deflate', ['deflate', 'gzip'], ['too_many_encoding_layers']],
    ['br\xa0', [], ['abnormal_ce_header']],
    ['foo', [], ['abnormal_ce_header']],
    ['gzip, gzip, gzip', ['gzip', 'gzip'], ['too_many_encoding_layers']],
    ['identity', [], []],
  ])('reads %s', (value, encodings, events) => {
    const seen: string[] = [];
    expect(encodingsOf(Buffer.from(value, 'latin1'), 2, event => seen.push(event))).toEqual(encodings);
    expect(seen).toEqual(events);
  });
});

describe('limits of LZMA', () => {
  const packed = Buffer.from(LZMA, 'base64');
  it('decode one layer of it', () => {
    const seen: string[] = [];
    expect(decoded(['lzma', 'lzma'], packed, 1000, {}, seen).toString()).toBe(TEXT);
    expect(seen).toEqual(['compression_bomb_double_lzma']);
  });
  it('stop at the memory limit', () => {
    const seen: string[] = [];
    const some = decoded(['lzma'], packed, 1000, { 'lzma-memlimit': 4 }, seen);
    expect([some.toString(), seen]).toEqual([TEXT.slice(0, 4), ['lzma_memlimit_reached']]);
  });
});

function decoded(
  encodings: Encoding[],
  packed: Uint8Array,
  step: number,
  settings: object = {},
  events: string[] = [],
): Buffer {
  const { defaults } = httpSettings(new Config(libhtp({ 'lzma-enabled': true, ...settings })), {});
  const out: Uint8Array[] = [];
  const take = (bytes: Uint8Array) => out.push(bytes.slice()) > 0;
  const decoder = new ContentDecoder(encodings, defaults, take, event => events.push(event));
  for (let at = 0; at < packed.length; at += step) decoder.write(packed.subarray(at, at + step));
  decoder.end();
  return Buffer.concat(out);
}
