/** Arguments that are the names of something in JavaScript, or numbers beyond its range, have no meaning in rules. */
import { describe, expect, it } from 'vitest';
import { loadProtocols } from '../../engine/application/load-protocols.js';
import { supportedKeywords } from '../../signatures/keywords.js';
import type { Signature } from '../../signatures/signature.js';
import { load } from './rules.js';

const WORDS = [
  'constructor',
  '__proto__',
  'a,constructor',
  'set,constructor,1',
  'constructor,>,1',
  '>constructor',
  '9'.repeat(400),
  `>${'9'.repeat(400)}`,
];

/** Paths in a signature whose value would be another one behind JSON, in which threads receive it. */
function lost(value: unknown, path: string): string[] {
  if (typeof value === 'function' || (typeof value === 'number' && !Number.isFinite(value))) return [path];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, each]) => lost(each, `${path}.${name}`));
}

describe('unexpected words as arguments', async () => {
  const protocols = await loadProtocols();
  const keywords = supportedKeywords(protocols);
  const rules = keywords.flatMap(({ name }) =>
    WORDS.map(word => `alert tcp any any -> any any (${name}:${word};`),
  );
  const text = rules.map((rule, i) => `${rule} sid:${i + 1};)`).join('\n');
  const { signatures, errors } = load(text, { protocols });
  const ofRule = ({ sid }: Signature): string => rules[sid - 1] ?? '';

  it('are no part of a signature that gets lost', () => {
    expect(signatures.length).toBeGreaterThan(10);
    expect(signatures.flatMap(signature => lost(signature, ofRule(signature)))).toEqual([]);
  });

  it('are refused with a message about the rule', () => {
    const internal = /native code|is not a function|Cannot read|not iterable/;
    expect(errors.map(({ message }) => message).filter(message => internal.test(message))).toEqual([]);
  });

  it.each([
    'ftp.mode:constructor',
    'ftp.reply_received:__proto__',
    'mqtt.connack.session_present:__proto__',
    'ipopts:constructor',
    'l3_proto:__proto__',
    'flow:constructor',
  ])('%s is refused', option => {
    const set = load(`alert ip any any -> any any (${option}; sid:1;)`, { protocols });
    expect(set.errors).toHaveLength(1);
  });
});
