import { expect, it } from 'vitest';
import { StreamSocket } from '../../engine/application/stream-socket.js';
import { readTextLine, type TextLine } from '../../engine/application/text-line.js';

/** The lines of a stream, as pairs of text and whether they were truncated. */
function linesOf(text: string, limit: number): [string, boolean][] {
  const socket = new StreamSocket();
  const lines: TextLine[] = [];
  const reading = (function* () {
    for (let line = yield* readTextLine(socket, limit); line; line = yield* readTextLine(socket, limit))
      lines.push(line);
  })();
  const bytes = Buffer.from(text);
  socket.feed(bytes, 0, bytes.length);
  for (const end of [false, true]) {
    if (end) socket.end(false, false);
    reading.next();
    socket.keep();
  }
  return lines.map(line => [Buffer.from(line.bytes).toString(), line.truncated]);
}

it.each<[number, [string, boolean][]]>([
  [
    100,
    [
      ['one', false],
      ['three', false],
      ['', false],
      ['end', false],
    ],
  ],
  [
    4,
    [
      ['one', false],
      ['thre', true],
      ['', false],
      ['end', false],
    ],
  ],
  [
    1,
    [
      ['o', true],
      ['t', true],
      ['', false],
      ['e', true],
    ],
  ],
  // With no room for a line, each is truncated to one byte, and no read waits forever.
  [
    0,
    [
      ['o', true],
      ['t', true],
      ['', false],
      ['e', true],
    ],
  ],
])('lines are truncated at %i bytes', (limit, lines) => {
  expect(linesOf('one\nthree\r\n\nend', limit)).toEqual(lines);
});
