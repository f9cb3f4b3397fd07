import { describe, expect, it } from 'vitest';
import { ContextGuard, type Guard, openGuard } from '../../engine/detection/guard.js';

/** For functions that end: how long they may be delayed on a busy machine. */
const PATIENCE_MS = 10_000;

describe.each<[string, (milliseconds?: number) => Guard]>([
  ['of this machine', (milliseconds = 20) => openGuard(milliseconds)],
  ['without the addon', (milliseconds = 20) => new ContextGuard(milliseconds)],
])('the guard %s', (_, open) => {
  it.each<[string, () => void]>([
    [
      'a loop',
      () => {
        for (;;);
      },
    ],
    [
      'a loop that catches',
      () => {
        for (;;)
          try {
            for (;;);
          } catch {}
      },
    ],
    ['an expression that never ends', () => void /^(a+)+$/.test(`${'a'.repeat(40)}b`)],
  ])('interrupts %s', (_name, work) => {
    expect(open().run(work)).toBe(false);
  });

  it('lets functions end, and passes on what they throw', () => {
    const guard = open(PATIENCE_MS);
    let done = 0;
    expect(guard.run(() => void done++)).toBe(true);
    expect(() =>
      guard.run(() => {
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(guard.run(() => void done++)).toBe(true);
    expect(done).toBe(2);
  });

  it('interrupts after the time limit of each run, independent of other runs', () => {
    const forever = () => {
      for (;;);
    };
    expect(open(3_600_000).run(() => {})).toBe(true);
    expect(open(20).run(forever)).toBe(false);
    let turns = 0;
    expect(open(PATIENCE_MS).run(() => void turns++)).toBe(true);
    expect(turns).toBe(1);
  });

  it('works again after an interruption', () => {
    const guard = open(200);
    for (let i = 0; i < 3; i++) {
      expect(
        guard.run(() => {
          for (;;);
        }),
      ).toBe(false);
      expect(guard.run(() => {})).toBe(true);
    }
  });
});
