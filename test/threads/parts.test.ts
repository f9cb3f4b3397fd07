import { describe, expect, it } from 'vitest';
import { OrderedParts, type PartSource } from '../../engine/manager/parts.js';

/** The result of `steps` as one text: `begin GIVER PART`, `line GIVER TEXT`, `end GIVER`. */
function written(...steps: string[]): string {
  let text = '';
  const parts = new OrderedParts((_, bytes) => {
    text += Buffer.from(bytes).toString();
  });
  const givers: Record<string, PartSource> = { a: { part: undefined }, b: { part: undefined } };
  for (const step of steps) {
    const [what, who, value = ''] = step.split(' ');
    const giver = givers[who!]!;
    if (what === 'begin') parts.begin(giver, Number(value));
    else if (what === 'end') parts.end(giver);
    else parts.addLine(giver, 'file', Buffer.from(value));
  }
  for (const giver of Object.values(givers)) parts.end(giver);
  parts.close();
  return text;
}

describe('lines in the order of parts', () => {
  it.each<[string, string[], string]>([
    ['no parts', ['line a x', 'line b y'], 'xy'],
    ['the due part at once', ['begin a 0', 'line a x', 'begin b 1', 'line b y', 'line a z'], 'xzy'],
    [
      'a part that waited for its turn',
      ['begin b 1', 'line b y', 'begin a 0', 'line a x', 'end a', 'line b z'],
      'xyz',
    ],
    [
      'several parts that waited',
      ['begin a 0', 'begin b 1', 'line b 1', 'begin b 3', 'line b 3', 'line a 0', 'begin a 2', 'line a 2'],
      '0123',
    ],
    ['a part without lines', ['begin b 1', 'line b 1', 'begin a 0', 'begin a 2', 'line a 2'], '12'],
    ['a part that never began', ['begin a 0', 'line a 0', 'begin b 2', 'line b 2'], '02'],
  ])('%s', (_, steps, expected) => {
    expect(written(...steps)).toBe(expected);
  });

  it('parts that are far ahead stay waiting', () => {
    const parts = new OrderedParts(() => {});
    const ahead: PartSource = { part: undefined };
    parts.begin(ahead, 1);
    const large = new Uint8Array(33 << 20);
    parts.addLine(ahead, 'file', large);
    expect(parts.isAhead(ahead)).toBe(false);
    parts.addLine(ahead, 'file', large);
    expect(parts.isAhead(ahead)).toBe(true);
  });
});
