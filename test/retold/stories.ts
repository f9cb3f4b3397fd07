/** Stories of captures that lie below a folder, with the rules beside them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { capturesBelow } from '../conformance/captures.js';
import { alertRules } from '../conformance/together.js';
import { type Capture, captureOf } from '../fuzz/capture-packets.js';
import { type Random, shuffled } from '../pseudo-random.js';
import type { Story } from './story.js';

/** Larger captures take long and show little more. */
const LARGEST = 2 ** 18;

export class Stories {
  /** Captures of a kind have names that differ by a number. */
  private readonly families: readonly (readonly string[])[];

  /** @param rules files to take instead of those beside the captures */
  constructor(
    folder: string,
    private readonly rules: readonly string[] = [],
    largest = LARGEST,
  ) {
    const files = capturesBelow(folder).filter(path => statSync(path).size <= largest);
    if (files.length === 0) throw new Error(`${folder}: no captures`);
    const families = new Map<string, string[]>();
    for (const file of files) {
      const family = file.replace(/\d+/g, '');
      families.set(family, [...(families.get(family) ?? []), file]);
    }
    this.families = [...families.values()];
  }

  /** @param count captures of a story, each of another kind */
  next(count: number, random: Random): Story {
    const captures: Record<string, Capture> = {};
    const texts: string[] = this.rules.map(read);
    for (const family of shuffled([...this.families], random).slice(0, count)) {
      const file = family[random(family.length)]!;
      const capture = captureOf(readFileSync(file));
      if (!capture) continue;
      captures[`${Object.keys(captures).length}-${nameOf(file)}`] = capture;
      if (this.rules.length === 0) texts.push(...rulesBeside(file).map(read));
    }
    return { captures, rules: alertRules(texts) };
  }
}

const read = (file: string): string => readFileSync(file, 'latin1');

/** A capture's own name says little where each test has a folder. */
function nameOf(file: string): string {
  return file
    .split('/')
    .slice(-2)
    .join('-')
    .replace(/\.\w+$/, '')
    .replace(/[^\w-]/g, '_');
}

function rulesBeside(capture: string): string[] {
  const folder = dirname(capture);
  const names = readdirSync(folder).filter(name => name.endsWith('.rules') && !name.includes('firewall'));
  return names.sort().map(name => join(folder, name));
}
