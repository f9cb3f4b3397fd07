/**
 * The configuration of a measurement: HOME_NET of the capture, alerts to EVE or every record that is logged by default,
 * and a profile for each chain of stages.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { PROJECT } from './project-folder.js';

const DEFAULTS = join(PROJECT, 'suricata-like.yaml');

/** What each chain adds to the one before it. */
const STAGES: readonly (readonly [name: string, modules: readonly string[]])[] = [
  ['read', []],
  ['decode', ['decode']],
  ['flow', ['flow']],
  ['stream', ['stream']],
  ['app', ['app']],
  ['detect', ['detect']],
  ['outputs', ['flow-log', 'outputs']],
];

export const STAGE_NAMES: readonly string[] = STAGES.map(([name]) => name);

/** Name of the profile that ends with a stage. */
export function upTo(stage: string): string {
  return `bench-${stage}`;
}

/** Paths of the files written by `writeConfiguration`. */
export interface Configurations {
  readonly alerts: string;
  readonly everyRecord: string;
  readonly generatedRules: string;
}

/** Writes `alerts.yaml`, `every-record.yaml` and `content.rules` into the folder. */
export function writeConfiguration(folder: string): Configurations {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const defaults = parse(readFileSync(DEFAULTS, 'utf8'), { logLevel: 'silent' }) as {
    vars: { 'address-groups': object; 'port-groups': object };
    outputs: unknown;
  };
  const tree = {
    vars: {
      'address-groups': { ...defaults.vars['address-groups'], HOME_NET: '[10.0.0.0/8]' },
      'port-groups': defaults.vars['port-groups'],
    },
    'default-log-dir': join(folder, 'logs'),
    detect: { 'sgh-mpm-caching-path': join(folder, 'cache') },
    outputs: [{ 'eve-log': { enabled: 'yes', types: ['alert'] } }],
    profiles: Object.fromEntries([...chains(), ...queues()]),
  };
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const yaml = (tree: object): string => `%YAML 1.1\n---\n${stringify(tree)}`;
  return {
    alerts: write('alerts.yaml', yaml(tree)),
    everyRecord: write('every-record.yaml', yaml({ ...tree, outputs: defaults.outputs })),
    generatedRules: write('content.rules', contentRules(5000)),
  };
}

/** The measured queue handlers. */
export const HANDLERS = [
  'simple',
  'flow-hash',
  'address-hash',
  'protocol-split',
  'alert-split',
  'ordered',
] as const;

/** Name of the profile that passes packets on with a handler. */
export function queueProfile(handler: string): string {
  return `bench-queue-${handler}`;
}

function queues(): [string, unknown][] {
  return HANDLERS.map(handler => {
    const judge = (name: string, count: number) => ({ name, count, modules: ['verdict'] });
    const split = handler === 'protocol-split' || handler === 'alert-split';
    const ways = {
      'protocol-split': { tcp: 'one', other: 'other' },
      'alert-split': { alerts: 'one', rest: 'other' },
    };
    const to = split ? ways[handler] : 'one';
    const first = { name: 'first', modules: ['input', 'decode'], handler, to };
    const rest = split ? [judge('one', 1), judge('other', 1)] : [judge('one', 2)];
    return [queueProfile(handler), { threads: [first, ...rest] }];
  });
}

function chains(): [string, unknown][] {
  return STAGES.map(([name], i) => {
    const added = STAGES.slice(0, i + 1).flatMap(([, modules]) => modules);
    const before = added.filter(module => !['flow-log', 'outputs'].includes(module));
    const behind = added.filter(module => !before.includes(module));
    return [
      upTo(name),
      { threads: [{ name: 'worker', modules: ['input', ...before, 'verdict', ...behind] }] },
    ];
  });
}

/** Rules with a random word each, the same in every run. */
function contentRules(count: number): string {
  let state = 1;
  const letter = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return String.fromCharCode(97 + ((state >>> 16) % 26));
  };
  const lines = Array.from({ length: count }, (_, i) => {
    const word = Array.from({ length: 6 + (i % 7) }, letter).join('');
    const protocol = i % 4 === 3 ? 'udp' : 'tcp';
    return `alert ${protocol} any any -> any any (msg:"word ${i}"; content:"${word}"; nocase; sid:${i + 1};)`;
  });
  return `${lines.join('\n')}\n`;
}
