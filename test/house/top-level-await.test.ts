/** Modules loaded by threads have no top-level await: Node.js 24 aborts if a thread is ended during it. */
import { expect, it } from 'vitest';
import { sources, textOf } from './sources.js';

/** A statement outside of functions is not indented, or in a block that is not. */
function waitsAtTop(text: string): boolean {
  return /^(await |(export )?(const|let) [^(]*= await |(try|for|if)\b.*\{\n {2}([^\n]*= )?await )/m.test(
    text,
  );
}

it('no file of engine, modules or signatures has a top-level await', () => {
  const waiting = ['engine', 'modules', 'signatures']
    .flatMap(sources)
    .filter(name => waitsAtTop(textOf(name)));
  expect(waiting).toEqual([]);
});

it('top-level awaits are detected', () => {
  for (const text of ['await main();\n', 'export const a = await b();\n', 'try {\n  await main();\n}\n'])
    expect(waitsAtTop(text)).toBe(true);
  expect(waitsAtTop('async function a() {\n  await b();\n}\n')).toBe(false);
});
