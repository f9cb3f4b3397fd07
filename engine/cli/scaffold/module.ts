/** A new threading module, and a new output. */
import { compiledPlugin, type Files, type Plugin, typeName } from './project.js';

export function moduleFiles(plugin: Plugin): Files {
  const { name } = plugin;
  const use = `Name it in a profile: \`modules: [input, decode, sluice-${name}, flow, ...]\`. ${PROFILE}`;
  return compiledPlugin(plugin, 'module', { source: stageSource(name), test: stageTest(name), use });
}

export function outputFiles(plugin: Plugin): Files {
  const { name } = plugin;
  const use = `Name it in a profile next to \`outputs\`: \`modules: [..., outputs, sluice-${name}]\`. ${PROFILE}`;
  return compiledPlugin(plugin, 'output', { source: outputSource(name), test: outputTest(name), use });
}

const PROFILE = '`npx sluice profiles show single --yaml` prints a profile to start from.';

function stageSource(name: string): string {
  const type = typeName(name);
  return `import { type Batch, defineModule, Packet, type Thread, type ThreadModule } from 'sluice';

export default defineModule({
  summary: 'counts packets of 1000 bytes and more',
  kind: 'stage',
  // Modules that a packet must have passed before.
  after: ['decode'],
  create: thread => new ${type}(thread),
});

class ${type} implements ThreadModule {
  private readonly row: Int32Array;
  private readonly values: Float64Array;
  private readonly large: number;

  constructor({ memory, counters }: Thread) {
    this.row = memory.row;
    this.values = counters.values;
    this.large = counters.declare('${name}.large');
  }

  // Everything is allocated above; nothing is allocated here.
  process(batch: Batch): void {
    for (let i = 0; i < batch.length; i++) {
      const p = batch.slots[i]! * Packet.INTS;
      if (this.row[p + Packet.LENGTH]! >= 1000) this.values[this.large]!++;
    }
  }
}
`;
}

function stageTest(name: string): string {
  return `import assert from 'node:assert';
import { test } from 'node:test';
import { Packet } from 'sluice';
import { batchOf, testThread } from 'sluice/testing';
import definition from './${name}.js';

test('counts large packets', async () => {
  const thread = testThread();
  const module = await definition.create(thread);
  module.process(batchOf(thread, [{ [Packet.LENGTH]: 60 }, { [Packet.LENGTH]: 1500 }]));
  assert.equal(thread.counters.read('${name}.large'), 1);
});
`;
}

function outputSource(name: string): string {
  const type = typeName(name);
  return `import { type Batch, defineModule, Event, type LogWriter, Packet, type Thread, type ThreadModule } from 'sluice';

export default defineModule({
  summary: 'writes a line for each alert',
  kind: 'output',
  wants: () => [Event.EVENT_ALERT],
  create: thread => new ${type}(thread),
});

class ${type} implements ThreadModule {
  private readonly row: Int32Array;
  private readonly log: LogWriter;
  private readonly encoder = new TextEncoder();

  constructor(thread: Thread) {
    this.row = thread.memory.row;
    this.log = thread.openLog('${name}.log');
  }

  process(batch: Batch): void {
    for (let i = 0; i < batch.length; i++) {
      const e = batch.slots[i]! * Packet.INTS;
      if (this.row[e + Packet.PSEUDO] !== Packet.PSEUDO_EVENT) continue;
      if (this.row[e + Packet.EVENT_KIND] !== Event.EVENT_ALERT) continue;
      const line = this.encoder.encode(\`\${this.row[e + Packet.SECONDS]} packet \${this.row[e + Packet.NUMBER]}\\n\`);
      this.log.write(line, 0, line.length);
    }
  }
}
`;
}

function outputTest(name: string): string {
  return `import assert from 'node:assert';
import { test } from 'node:test';
import { Event, Packet } from 'sluice';
import { batchOf, testThread } from 'sluice/testing';
import definition from './${name}.js';

test('writes a line for each alert', async () => {
  const thread = testThread();
  const module = await definition.create(thread);
  const alert = {
    [Packet.PSEUDO]: Packet.PSEUDO_EVENT,
    [Packet.EVENT_KIND]: Event.EVENT_ALERT,
    [Packet.SECONDS]: 1700000000,
    [Packet.NUMBER]: 7,
  };
  module.process(batchOf(thread, [{}, alert]));
  assert.equal(thread.logs.get('${name}.log'), '1700000000 packet 7\\n');
});
`;
}
