/** A new parser of an application protocol. */
import { compiledPlugin, type Files, type Plugin } from './project.js';

export function parserFiles(plugin: Plugin): Files {
  const { name } = plugin;
  return compiledPlugin(plugin, 'parser', { source: source(name), test: test(name), use: use(name) });
}

function source(name: string): string {
  const word = name.toUpperCase();
  return `import { defineProtocol, OneSidedTransaction, REQUEST_AND_RESPONSE, type Session } from 'sluice';

/** A line of the client: \`${word} something\`. */
class Line extends OneSidedTransaction {
  constructor(
    id: number,
    readonly words: Uint8Array,
  ) {
    super(id, true);
  }
}

const LF = 10;
const MOST = 4096;

/** Each line of the client is a transaction; the server's side has nothing to wait for. */
function* client(session: Session<Line>): Generator<void, void, void> {
  for (;;) {
    const line = yield* session.client.readUntil(LF, MOST);
    if (!line) return;
    // The bytes are valid until the next read.
    const transaction = session.begin(new Line(session.transactionCount, line.slice(0, -1)));
    session.advance(transaction, true, 1);
  }
}

export default defineProtocol<Line>({
  name: '${name}',
  transports: ['tcp'],
  ...REQUEST_AND_RESPONSE,
  events: [],
  buffers: [
    {
      keyword: '${name}.line',
      summary: 'Line of the client.',
      direction: 'to_server',
      progress: 1,
      get: ({ words }) => words,
    },
  ],
  values: [],
  tests: [],
  recognition: { patterns: [{ toServer: true, bytes: '${word} ' }] },
  client,
  record: ({ words }) => \`"${name}":\${JSON.stringify({ line: Buffer.from(words).toString() })}\`,
});
`;
}

function test(name: string): string {
  return `import assert from 'node:assert';
import { test } from 'node:test';
import { talk } from 'sluice/testing';
import protocol from './${name}.js';

test('reads lines, however they are cut', async () => {
  const text = '${name.toUpperCase()} one\\n${name.toUpperCase()} two\\n';
  for (const length of [1, 3, text.length]) {
    const told = await talk(protocol, { client: text, server: '', length });
    assert.deepEqual(
      told.map(record => record['${name}'].line),
      ['${name.toUpperCase()} one', '${name.toUpperCase()} two'],
    );
  }
});
`;
}

function use(name: string): string {
  return `It brings the keyword \`${name}.line\` and an EVE record. Name the package (or the path of \`${name}.js\`) in the
configuration:

    app-layer:
      plugins: [sluice-${name}]

Rules can then begin with \`alert ${name} any any -> any any (${name}.line; content:"two"; sid:1;)\`.`;
}
