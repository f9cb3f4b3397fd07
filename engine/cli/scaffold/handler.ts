/** A new queue handler. */
import { compiledPlugin, type Files, type Plugin } from './project.js';

export function handlerFiles(plugin: Plugin): Files {
  const { name } = plugin;
  const use = `Name it in a group of threads that passes packets on: \`handler: sluice-${name}, to: { large: a, other: b }\`.`;
  return compiledPlugin(plugin, 'queue handler', { source: source(), test: test(name), use });
}

function source(): string {
  return `import { defineQueueHandler, type HandlerLink, Packet, shareOf } from 'sluice';

export default defineQueueHandler({
  summary: 'packets of 1000 bytes and more go to separate threads',
  // Each way leads to a group of threads, or to \`end\`.
  ways: ['large', 'other'],
  // A flow has packets of both kinds, so it does not stay in one thread.
  keepsFlows: false,
  create(link: HandlerLink) {
    const { row } = link.memory;
    const [large, other] = link.ways;
    // Called for each packet: nothing is allocated here.
    return p => {
      const way = row[p + Packet.LENGTH]! >= 1000 ? large! : other!;
      return way.first + shareOf(row[p + Packet.FLOW_HASH]!, way.count);
    };
  },
});
`;
}

function test(name: string): string {
  return `import assert from 'node:assert';
import { test } from 'node:test';
import { Packet } from 'sluice';
import { batchOf, testThread } from 'sluice/testing';
import handler from './${name}.js';

test('sends large packets another way', () => {
  const thread = testThread();
  const { memory } = thread;
  const batch = batchOf(thread, [{ [Packet.LENGTH]: 60 }, { [Packet.LENGTH]: 1500 }]);
  const choose = handler.create({ memory, ways: [{ first: 0, count: 1 }, { first: 1, count: 1 }], freeSlots: () => 1 });
  assert.deepEqual(
    [...batch.slots.subarray(0, 2)].map(slot => choose(slot * Packet.INTS)),
    [1, 0],
  );
});
`;
}
