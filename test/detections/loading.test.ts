import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ModuleHarness } from '../../engine/cli/detection-test/module-harness.js';
import { DetectionLoader } from '../../engine/cli/run/prepare-detections.js';
import { Config } from '../../engine/config/config.js';
import { DETECTIONS } from '../../engine/detection/prepared.js';
import type { ThreadModule } from '../../engine/module.js';
import detections from '../../modules/detections.js';
import { bytes, definition, fileWith, prepare } from './definition.js';

const FORM = 'onPacket() {}';
const problem = (code: string) => prepare([code]).problems.join('\n');

describe('T10: errors of loading, and their messages', () => {
  it.each<[string, string, RegExp]>([
    ['no definition', 'export default 7;', /the default export is not a detection/],
    [
      'another API',
      "export default { api: 99, name: 'old', sid: 1, msg: 'm', onPacket() {} };",
      /detection old is made for detection API 99, this engine has 1/,
    ],
    ['no form', definition(''), /it detects nothing: define at least one of detect/],
    ['no generator', definition('detect() {}'), /detect is detect\(\) *\{\s*\}, expected a generator/],
    ['an invalid sid', definition(`${FORM}, sid: 'x'`), /sid is "x", expected a whole number/],
    [
      'an invalid permission',
      definition(`${FORM}, may: ['fly']`),
      /may is fly, expected a list of alert, drop/,
    ],
    ['an error in TypeScript', 'export default {{;', /^\/\S+\/detection-\d+\.ts:1:17: Expected/],
    [
      'an import that does not exist',
      definition(FORM, "import x from './nothing.js'; x();"),
      /Could not resolve "\.\/nothing\.js"/,
    ],
    [
      'files without permission',
      definition(FORM, "import fs from 'node:fs'; fs.statSync('/');"),
      /need the permission files/,
    ],
    [
      'processes',
      definition(FORM, "import c from 'node:child_process'; c.exec('x');"),
      /it cannot import node:child_process/,
    ],
    [
      'code that throws when loaded',
      definition(FORM, "throw new Error('at the top');"),
      /^\/\S+\.ts: Error: at the top, at \/\S+\.ts:3:7$/,
    ],
    [
      'an invalid header',
      definition(`${FORM}, when: 'tcp any any'`),
      /when: "tcp any any": .*expected a header such as tcp any any -> any 80/,
    ],
    ['an invalid port', definition(`${FORM}, when: 'tcp any any -> any 99999'`), /99999/],
    [
      'a keyword in when',
      definition("*detect() {}, when: 'tcp any any -> any 80 (dsize:3;)'"),
      /only content/,
    ],
    [
      'contents whose match further data could undo',
      definition(`*detect() {}, when: 'tcp any any -> any 80 (content:!"x";)'`),
      /only content/,
    ],
    [
      'an application protocol for detect',
      definition("*detect() {}, when: 'icmp any any -> any any'"),
      /detect reads tcp and udp/,
    ],
    ['an unknown class type', definition(`${FORM}, classtype: 'nonsense'`), /nonsense/],
    [
      'a table that is too large',
      definition(FORM, "sharedTable('t', { numbers: 100, seconds: 1 });"),
      /table t: numbers is 100, expected a whole number from 1 to 64/,
    ],
    ['code that does not end when loaded', definition(FORM, 'for (;;);'), /loading took more than 5000 ms/],
  ])('%s', (_, code, message) => {
    expect(problem(code)).toMatch(message);
  });

  it('two detections with the same sid are rejected', () => {
    const twice = definition(FORM);
    expect(prepare([twice, twice]).problems[0]).toMatch(/sid 1 is already used by .*detection-\d+\.ts/);
  });

  it('files and packages that do not exist are reported', () => {
    const load = (name: string) =>
      new DetectionLoader('/tmp').load({ config: new Config({ detections: { files: [name] } }) }).problems[0]!
        .message;
    expect(load('./nowhere.ts')).toMatch(
      /detection not found: \.\/nowhere\.ts \(looked for \/tmp\/nowhere\.ts\)/,
    );
    expect(load('sluice-nothing')).toMatch(
      /detection not found: sluice-nothing is neither a file nor a package/,
    );
  });
});

describe('loading', () => {
  it('loads files with their imports', () => {
    const other = fileWith('export const number: number = 3;');
    const { detections, problems } = prepare([
      definition('onPacket: () => alert(String(number))', `import { number } from '${other}';`),
    ]);
    expect(problems).toEqual([]);
    expect(detections.list[0]!.code).toContain('3');
  });

  it.each([
    ['cjs', "const { defineDetection } = require('sluice');\nmodule.exports = defineDetection("],
    ['cts', "import { defineDetection } from 'sluice';\nexport default defineDetection("],
    ['mjs', "import { defineDetection } from 'sluice';\nexport default defineDetection("],
  ])('loads files with the extension .%s', (ending, begin) => {
    const file = fileWith(`${begin}{ name: 'test', sid: 1, msg: 'a test', onPacket() {} });`, ending);
    const { detections, problems } = new DetectionLoader('/tmp').load({
      config: new Config({}),
      exclusive: [file],
    });
    expect(problems).toEqual([]);
    expect(detections.list).toHaveLength(1);
  });

  it('loads packages by name', () => {
    const file = fileWith(definition(FORM));
    const folder = join(dirname(file), 'node_modules', 'sluice-packaged');
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'package.json'),
      '{ "name": "sluice-packaged", "type": "module", "main": "./index.js" }',
    );
    writeFileSync(join(folder, 'index.js'), definition(FORM));
    const { detections, problems } = new DetectionLoader(dirname(file)).load({
      config: new Config({ detections: { files: ['sluice-packaged'] } }),
    });
    expect(problems).toEqual([]);
    expect(detections.list.map(({ name }) => name)).toEqual(['test']);
  });

  it('gives a detection the category and priority of its class type, and its permissions', () => {
    const { detections } = prepare([definition(`${FORM}, classtype: 'trojan-activity', may: ['drop']`)]);
    expect(detections.signatures[0]).toMatchObject({
      category: 'A Network Trojan was detected',
      priority: 1,
    });
    expect(detections.list[0]!.may).toEqual(['alert', 'drop']);
  });

  it('keeps the signature number of a detection across loads', () => {
    const loader = new DetectionLoader('/tmp');
    const [a, b] = [definition(FORM), definition(`${FORM}, sid: 2`)].map(code => fileWith(code));
    const load = (...exclusive: string[]) =>
      loader
        .load({ config: new Config({}), exclusive })
        .detections.list.map(({ signature }) => signature - 2 ** 28);
    expect([load(a!), load(b!, a!), load(b!)]).toEqual([[0], [1, 0], [1]]);
  });
});

describe('a reload', () => {
  it('gives new flows the new detections; flows in progress keep theirs', async () => {
    const loader = new DetectionLoader('/tmp');
    const load = (word: string) => {
      const fields = `*detect({ client }) { yield* client.read(2); return alert('${word}'); }, sid: ${word.length}`;
      return loader.load({ config: new Config({}), exclusive: [fileWith(definition(fields))] }).detections;
    };
    const messages: unknown[] = [];
    let module: ThreadModule | undefined;
    const stage = await ModuleHarness.of(
      [async thread => (module = await detections.create(thread))],
      event =>
        messages.push(
          (event.members as { alert: { detection: { message: string } } }).alert.detection.message,
        ),
      { shared: { [DETECTIONS]: load('old') } },
    );
    const flow = {
      kind: 'flow',
      transport: 'tcp',
      clientAddress: '10.0.0.1',
      serverAddress: '10.0.0.2',
    } as const;
    stage.begin({ ...flow, clientPort: 1, serverPort: 80 });
    stage.data(true, bytes('a'));
    module!.reload!({ [DETECTIONS]: load('newer') });
    stage.data(true, bytes('b'));
    stage.begin({ ...flow, clientPort: 2, serverPort: 80 });
    stage.data(true, bytes('ab'));
    expect(messages).toEqual(['old', 'newer']);
  });
});
