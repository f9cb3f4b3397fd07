import { type Profile, parseProfile } from './profile.js';

const INSPECT = ['flow', 'stream', 'app', 'detect', 'detections', 'file-store'];
const VERDICT = ['verdict', 'respond'];

/** The built-in profiles, as they would be written in YAML. */
const DEFINITIONS: Readonly<Record<string, unknown>> = {
  single: {
    summary: 'one thread runs all modules',
    threads: [
      { name: 'worker', modules: ['input', 'decode', ...INSPECT, ...VERDICT, 'flow-log', 'outputs'] },
    ],
  },
  workers: {
    summary: 'parallel: every thread acquires its own packets and runs all modules for its flows',
    threads: [
      {
        name: 'worker',
        count: 'auto',
        modules: ['input', 'decode', ...INSPECT, ...VERDICT, 'flow-log', 'outputs'],
      },
    ],
  },
  autofp: {
    summary: 'one thread captures and decodes, flows are distributed over workers',
    threads: [
      { name: 'capture', modules: ['input', 'decode'], handler: 'flow-hash', to: 'worker' },
      { name: 'worker', count: 'auto', modules: [...INSPECT, ...VERDICT, 'flow-log', 'outputs'] },
    ],
  },
  pipeline: {
    summary: 'serial: each stage has its own threads',
    threads: [
      { name: 'acquire', modules: ['input'], handler: 'address-hash', to: 'decode' },
      { name: 'decode', count: 2, modules: ['decode'], handler: 'ordered', ordered: true, to: 'stream' },
      { name: 'stream', modules: ['flow', 'stream'], handler: 'flow-hash', to: 'detect' },
      {
        name: 'detect',
        count: 2,
        modules: ['app', 'detect', 'detections', 'file-store'],
        handler: 'flow-hash',
        to: 'verdict',
      },
      { name: 'verdict', modules: ['verdict'], handler: 'flow-hash', to: 'respond' },
      { name: 'respond', modules: ['respond'], handler: 'flow-hash', to: 'alert' },
      { name: 'alert', modules: ['flow-log', 'outputs'] },
    ],
  },
  oisf2009: {
    summary:
      'the threads of the first prototype: 1 acquire, 2 decode, 2 detect, 1 verdict, 1 respond, 3 alert, 1 manager',
    threads: [
      { name: 'acquire', modules: ['input'], handler: 'address-hash', to: 'decode' },
      { name: 'decode', count: 2, modules: ['decode'], handler: 'flow-hash', ordered: true, to: 'detect' },
      { name: 'detect', count: 2, modules: INSPECT, handler: 'flow-hash', to: 'verdict' },
      { name: 'verdict', modules: ['verdict'], handler: 'flow-hash', to: 'respond' },
      {
        name: 'respond',
        modules: ['respond', 'flow-log'],
        handler: 'alert-split',
        to: { alerts: 'alert', rest: 'end' },
      },
      { name: 'alert', count: 3, modules: ['outputs'] },
    ],
  },
};

export const BUILT_IN_NAMES: readonly string[] = Object.keys(DEFINITIONS);

/** A built-in profile, or undefined. */
export function builtInProfile(name: string): Profile | undefined {
  const definition = Object.hasOwn(DEFINITIONS, name) ? DEFINITIONS[name] : undefined;
  return definition === undefined ? undefined : parseProfile(name, definition);
}
