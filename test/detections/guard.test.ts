import { describe, expect, it } from 'vitest';
import { ContextGuard, type Guard, openGuard } from '../../engine/detection/guard.js';

describe.each<[string, () => Guard]>([
  ['of this machine', () => openGuard(20)],
  ['without the addon', () => new ContextGuard(20)],
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

  it('lets work end, and passes on what it throws', () => {
    const guard = open();
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

  it('goes on working after an interruption', () => {
    const guard = open();
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
