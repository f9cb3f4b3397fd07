/** Scenarios of the captures in a folder, with the rules next to them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { capturesBelow } from '../conformance/captures.js';
import { alertRules } from '../conformance/together.js';
import { type Capture, captureOf } from '../fuzz/capture-packets.js';
import { type Random, shuffled } from '../pseudo-random.js';
import type { Scenario } from './scenario.js';

/** Larger captures take long and find little more. */
const MAX_CAPTURE_BYTES = 2 ** 18;

export class ScenarioSource {
  /** Similar captures have names that differ by a number. */
  private readonly families: readonly (readonly string[])[];

  /** @param rules files to use instead of those next to the captures */
  constructor(
    folder: string,
    private readonly rules: readonly string[] = [],
    maxBytes = MAX_CAPTURE_BYTES,
  ) {
    const files = capturesBelow(folder).filter(path => statSync(path).size <= maxBytes);
    if (files.length === 0) throw new Error(`${folder}: no captures`);
    const families = new Map<string, string[]>();
    for (const file of files) {
      const family = file.replace(/\d+/g, '');
      families.set(family, [...(families.get(family) ?? []), file]);
    }
    this.families = [...families.values()];
  }

  /** @param count captures of a scenario, each of another kind */
  next(count: number, random: Random): Scenario {
    const captures: Record<string, Capture> = {};
    const texts: string[] = this.rules.map(read);
    for (const family of shuffled([...this.families], random).slice(0, count)) {
      const file = family[random(family.length)]!;
      const capture = captureOf(readFileSync(file));
      if (!capture) continue;
      captures[`${Object.keys(captures).length}-${captureName(file)}`] = capture;
      if (this.rules.length === 0) texts.push(...rulesBeside(file).map(read));
    }
    return { captures, rules: alertRules(texts) };
  }
}

const read = (file: string): string => readFileSync(file, 'latin1');

/** The folder is part of the name, since captures in test folders often have the same name. */
function captureName(file: string): string {
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
