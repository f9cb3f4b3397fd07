/** Checks that a file exports a valid detection definition, with messages that help its author. */
import { DETECTION_API, type DetectionDefinition, type Permission } from '../detection.js';

const ENTRY_POINTS = [
  'detect',
  'transactions',
  'transaction',
  'onFlowStart',
  'onFlowEnd',
  'onPacket',
] as const;
const PERMISSIONS: readonly Permission[] = ['alert', 'drop', 'bypass', 'stop', 'files', 'network'];

/** @throws Error naming the file, the field and what was expected */
export function checkDefinition(value: unknown, file: string): DetectionDefinition {
  const fail = (problem: string): never => {
    throw new Error(`${file}: ${problem}`);
  };
  const given = value as Record<string, unknown>;
  if (value === null || typeof value !== 'object' || given.api === undefined)
    fail('the default export is not a detection (see defineDetection)');
  const name = typeof given.name === 'string' ? given.name : file;
  if (given.api !== DETECTION_API)
    fail(`detection ${name} is made for detection API ${given.api}, this engine has ${DETECTION_API}`);
  const expect = (field: string, expected: string, is: (value: unknown) => boolean) => {
    if (!is(given[field])) fail(`${field} is ${valueText(given[field])}, expected ${expected}`);
  };
  const optional = (is: (value: unknown) => boolean) => (each: unknown) => each === undefined || is(each);
  expect('name', 'letters, digits and hyphens', each => typeof each === 'string' && /^[\w-]+$/.test(each));
  expect('sid', 'a whole number from 1 to 4294967295', isWhole(1, 0xffffffff));
  expect('rev', 'a whole number of 0 or more', optional(isWhole(0, 0xffffffff)));
  expect('gid', 'a whole number of 1 or more', optional(isWhole(1, 0xffffffff)));
  expect('msg', 'a text', each => typeof each === 'string' && each !== '');
  expect('when', 'the header of a rule: tcp any any -> any 80', optional(isText));
  expect('classtype', 'a class type', optional(isText));
  expect('priority', 'a whole number from 1 to 255', optional(isWhole(1, 255)));
  expect('held', 'a number of bytes', optional(isWhole(1, 1 << 24)));
  expect('everyPackets', 'a whole number of 1 or more', optional(isWhole(1, 0x7fffffff)));
  expect(
    'reads',
    'client, server or both',
    optional(each => ['client', 'server', 'both'].includes(each as string)),
  );
  expect('may', `a list of ${PERMISSIONS.join(', ')}`, optional(isPermissions));
  const forms = ENTRY_POINTS.filter(form => given[form] !== undefined);
  if (forms.length === 0) fail(`it detects nothing: define at least one of ${ENTRY_POINTS.join(', ')}`);
  for (const form of forms) expect(form, 'a function', each => typeof each === 'function');
  for (const form of ['detect', 'transactions'] as const)
    expect(form, `a generator: *${form}(…) { … }`, optional(isGenerator));
  const reading = given.transactions !== undefined || given.transaction !== undefined;
  if (reading !== (given.onTransaction !== undefined))
    fail('onTransaction must name the protocol whose transactions are read by transactions or transaction');
  return value as DetectionDefinition;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isWhole(least: number, most: number): (value: unknown) => boolean {
  return value => Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isPermissions(value: unknown): boolean {
  return Array.isArray(value) && value.every(each => PERMISSIONS.includes(each as Permission));
}

function isGenerator(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object GeneratorFunction]';
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}
