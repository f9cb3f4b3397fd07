/** What threads load waits for nothing while it is loaded: Node.js 24 aborts when a thread is ended meanwhile. */
import { expect, it } from 'vitest';
import { sources, textOf } from './sources.js';

/** A statement outside of every function stands at the margin, or in a block that does. */
function waitsAtTop(text: string): boolean {
  return /^(await |(export )?(const|let) [^(]*= await |(try|for|if)\b.*\{\n {2}([^\n]*= )?await )/m.test(
    text,
  );
}

it('no file of engine, modules or signatures waits at its top level', () => {
  const waiting = ['engine', 'modules', 'signatures']
    .flatMap(sources)
    .filter(name => waitsAtTop(textOf(name)));
  expect(waiting).toEqual([]);
});

it('sees what waits', () => {
  for (const text of ['await main();\n', 'export const a = await b();\n', 'try {\n  await main();\n}\n'])
    expect(waitsAtTop(text)).toBe(true);
  expect(waitsAtTop('async function a() {\n  await b();\n}\n')).toBe(false);
});
