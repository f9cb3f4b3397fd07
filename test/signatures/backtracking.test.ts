/** Conditions that depend on the position of others are tried at each position: the cost, and the result. */
import { describe, expect, it, vi } from 'vitest';
import { Needle } from '../../signatures/buffer-matcher/needle.js';
import { randomNumbers } from '../pseudo-random.js';
import { compiled, holds } from './inspect.js';

describe('relative contents', () => {
  it('are searched in linear time, however often preceding ones match', () => {
    const find = vi.spyOn(Needle.prototype, 'find');
    const options =
      'content:"a"; content:"b"; distance:0; content:"c"; distance:0; content:!"d"; distance:0;';
    const payload = `${'ab'.repeat(500)}${'c'.repeat(100)}d`;
    expect(holds(options, payload)).toBe(false);
    const bytes = find.mock.calls.reduce((sum, [, from, to], i) => {
      const place = find.mock.results[i]!.value as number;
      return sum + (place < 0 ? to : place + 1) - from;
    }, 0);
    find.mockRestore();
    expect(bytes).toBeLessThan(4 * payload.length);
  });

  it('match with values extracted at another position', () => {
    const options =
      'content:"a"; byte_extract:1,0,v,relative; content:"x"; distance:0; byte_test:1,=,v,0,relative;';
    expect(holds(options, 'a1a2x2')).toBe(true);
    expect(holds(options, 'a1a2x3')).toBe(false);
  });

  it('match on each of many payloads as on it alone', () => {
    const next = randomNumbers(7);
    const word = (most: number) => Array.from({ length: next(most) }, () => 'abc'[next(3)]).join('');
    const condition = (i: number) => {
      const content = `content:${i > 0 && next(4) === 0 ? '!' : ''}"${word(3)}a";`;
      if (i === 0 || next(3) === 0) return next(4) === 0 ? `${content} offset:${next(5)};` : content;
      return `${content} distance:${next(7) - 3};${next(3) === 0 ? ` within:${3 + next(6)};` : ''}`;
    };
    for (let round = 0; round < 300; round++) {
      const options = Array.from({ length: 1 + next(4) }, (_, i) => condition(i)).join(' ');
      const test = compiled(options);
      for (let i = 0; i < 8; i++) {
        const payload = word(24);
        expect([options, payload, test(payload)]).toEqual([options, payload, holds(options, payload)]);
      }
    }
  });
});
