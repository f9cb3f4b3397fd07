/** A new threading module, and a new output. */
import { buildScript, type Files, type Plugin, packageJson, tsconfig, typeName } from './project.js';

export function moduleFiles(plugin: Plugin): Files {
  return files(plugin, 'stage', stageSource(plugin.name), stageTest(plugin.name));
}

export function outputFiles(plugin: Plugin): Files {
  return files(plugin, 'output', outputSource(plugin.name), outputTest(plugin.name));
}

function files(plugin: Plugin, kind: string, source: string, test: string): Files {
  const { name } = plugin;
  return {
    'package.json': packageJson(plugin, {
      description: `Module ${name} (${kind}) for Sluice`,
      main: `${name}.js`,
      files: [`${name}.js`, `${name}.ts`],
      scripts: { build: buildScript(name), prepare: buildScript(name), test: 'npm run build && node --test' },
    }),
    'tsconfig.json': tsconfig(),
    [`${name}.ts`]: source,
    [`${name}.test.js`]: test,
    'README.md': readme(name, kind),
  };
}

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

  // Everything is allocated above: nothing is, here.
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

function readme(name: string, kind: string): string {
  const use =
    kind === 'output'
      ? `Name it where a profile has \`outputs\`: \`modules: [..., outputs, sluice-${name}]\`.`
      : `Name it in a profile: \`modules: [input, decode, sluice-${name}, flow, ...]\`.`;
  return `# sluice-${name}

A module (${kind}) for Sluice.

    npm test

${use} \`npx sluice profiles show single --yaml\` shows a profile to begin with.
`;
}
