import { describe, expect, it } from 'vitest';
import { chooseProfile, profileNames, usefulThreads } from '../../engine/cli/run/choose-profile.js';
import { duration, grouped, progressLine } from '../../engine/cli/run/progress.js';
import { summary } from '../../engine/cli/run/summary.js';
import { Config } from '../../engine/config/config.js';

describe('the progress line', () => {
  const now = { packets: 1_234_567, bytes: 250e6, alerts: 17 };

  it('shows share, packets, speed, alerts and remaining time', () => {
    expect(progressLine(now, 1000e6, 2, 90)).toBe(
      '████████░░░░░░░░░░░░░░░░░░░░░░  25 %  1,234,567 packets  125 MB/s  17 alerts  6 s left',
    );
  });

  it('shows no share if the total is unknown', () => {
    expect(progressLine(now, undefined, 2, 90)).toBe('1,234,567 packets  125 MB/s  17 alerts');
  });

  it('is never wider than the terminal', () => {
    for (const width of [20, 40, 60]) expect(progressLine(now, 1000e6, 2, width).length).toBeLessThan(width);
  });

  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [61, '1 min 1 s'],
    [7500, '2 h 5 min'],
  ])('%d seconds are shown as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it('groups digits', () => {
    expect(grouped(1234567.4)).toBe('1,234,567');
  });
});

describe('the summary', () => {
  it('is a table without the rows of problems that are zero', () => {
    const counters = new Map([
      ['decoder.pkts', 1000],
      ['decoder.bytes', 2_000_000],
      ['detect.alert', 3],
      ['pcap_file.errors', 1],
    ]);
    const text = summary({ seconds: 2, counters, logFolder: 'logs' });
    expect(text).toMatch(/packets\s+1,000 \(500 per second\)/);
    expect(text).toMatch(/bytes\s+2,000,000 \(1\.0 MB\/s\)/);
    expect(text).toMatch(/damaged captures\s+1\n/);
    expect(text).not.toMatch(/dropped|rejected|filtered/);
  });
});

describe('the profile of a run', () => {
  const choose = (
    tree: Record<string, unknown>,
    live: boolean,
    inputs: number,
    cores: number,
    together = true,
  ) => chooseProfile(new Config(tree), { live, inputs, together, cores }).name;

  it.each([
    [false, 1, 1, 'single'],
    [false, 1, 2, 'single'],
    [false, 1, 8, 'workers'],
    [false, 3, 8, 'workers'],
    [true, 1, 8, 'workers'],
    [true, 1, 1, 'single'],
  ])('auto with live=%s, %d inputs, %d cores is %s', (live, inputs, cores, name) => {
    expect(choose({}, live, inputs, cores)).toBe(name);
  });

  it('auto is autofp if one thread has to read for all', () => {
    expect(choose({}, false, 1, 8, false)).toBe('autofp');
    expect(choose({}, false, 1, 2, false)).toBe('single');
  });

  it('uses no more threads than the size of a capture justifies', () => {
    expect(usefulThreads(8, { totalBytes: 1000 })).toBe(1);
    expect(usefulThreads(8, { totalBytes: 300 * 2 ** 20 })).toBe(3);
    expect(usefulThreads(8, { totalBytes: 2 ** 40 })).toBe(8);
    expect(usefulThreads(8, {})).toBe(8);
  });

  it('is the one that was named, built in or from the configuration', () => {
    const own = { profiles: { mine: { threads: [{ name: 'a', modules: ['input'] }] } } };
    expect(choose({ runmode: 'oisf2009' }, false, 1, 8)).toBe('oisf2009');
    expect(choose({ runmode: 'mine', ...own }, false, 1, 8)).toBe('mine');
    expect(profileNames(new Config(own)).at(-1)).toBe('mine');
  });

  it('reports what is invalid', () => {
    expect(() => choose({ runmode: 'mine', profiles: { mine: { threads: [] } } }, false, 1, 1)).toThrow(
      /profiles\.mine\.threads/,
    );
    expect(() => choose({ runmode: 'constructor' }, false, 1, 1)).toThrow(/unknown profile constructor/);
  });
});
