/** A new flow-expiry policy. */
import { compiledPlugin, type Files, type Plugin } from './project.js';

export function expiryFiles(plugin: Plugin): Files {
  const { name } = plugin;
  const use = `Name it in the configuration: \`flow: { expiry-policy: sluice-${name} }\`.`;
  return compiledPlugin(plugin, 'flow-expiry policy', { source: source(), test: test(name), use });
}

function source(): string {
  return `import { defineFlowExpiry, type ExpirableFlows, Flow } from 'sluice';

/** Seconds. */
const LONGEST = 3600;

export default defineFlowExpiry({
  summary: 'flows end after their timeout, and after an hour in any case',
  create() {
    let next = 0;
    return {
      // Called once per batch: checks about this many rows, and allocates nothing.
      sweep(flows: ExpirableFlows, budget: number) {
        const { row } = flows.records;
        for (let n = Math.min(budget, flows.rows); n > 0; n--) {
          if (next >= flows.rows) next = 0;
          const flow = flows.firstRow + next++;
          if (!flows.isLive(flow)) continue;
          const began = row[flow * Flow.INTS + Flow.START_SECONDS]! >>> 0;
          if (flows.seconds - began > LONGEST) flows.end(flow);
          else flows.expire(flow);
        }
      },
    };
  },
});
`;
}

function test(name: string): string {
  return `import assert from 'node:assert';
import { test } from 'node:test';
import { Flow } from 'sluice';
import { testFlows, testThread } from 'sluice/testing';
import definition from './${name}.js';

test('ends flows after an hour', () => {
  const flows = testFlows([{ [Flow.START_SECONDS]: 0 }, { [Flow.START_SECONDS]: 3000 }], 4000);
  definition.create(testThread()).sweep(flows, 100);
  assert.deepEqual(flows.ended, [0]);
  assert.deepEqual(flows.expiryRequests, [1]);
});
`;
}
