/**
 * Evaluates the code of a detection to its definition. The code can import only what it is permitted: `sluice`, the
 * harmless modules of Node, and those for files and the network if its permissions include them. This prevents
 * accidental use; it is not a sandbox against hostile plugins.
 */
import { createRequire } from 'node:module';
import vm from 'node:vm';
import type { DetectionDefinition, Permission } from '../detection.js';
import { checkDefinition } from './check.js';
import { allocateSharedTable, SharedNumbers, type TablePlan, tablePlan } from './shared-table.js';

const require = createRequire(import.meta.url);

const ALLOWED_MODULES = new Set(
  'assert buffer crypto events path punycode querystring string_decoder url util zlib'.split(' '),
);
const MODULE_PERMISSIONS: Readonly<Record<string, Permission>> = {
  fs: 'files',
  'fs/promises': 'files',
  dgram: 'network',
  dns: 'network',
  http: 'network',
  http2: 'network',
  https: 'network',
  net: 'network',
  tls: 'network',
};
/** Names that would circumvent the permissions. */
const HIDDEN_GLOBALS = ['process', 'fetch', 'WebSocket', 'globalThis', 'global', 'Function', 'setInterval'];

export interface Evaluation {
  readonly definition: DetectionDefinition;
  /** Tables it declared, in order. */
  readonly tables: readonly TablePlan[];
}

/**
 * Runs the code of a detection.
 * @param api the result of `import … from 'sluice'`
 * @param may permissions; undefined: those that the definition requests (its imports are checked afterwards)
 * @param buffers memory of its tables by name; a table without one gets its own
 * @throws Error naming the file and what is wrong
 */
export function evaluate(
  code: string,
  file: string,
  api: object,
  may: readonly Permission[] | undefined,
  buffers: Readonly<Record<string, SharedArrayBuffer>> = {},
): Evaluation {
  const tables: TablePlan[] = [];
  const wanted = new Set<Permission>();
  const sharedTable: typeof import('./shared-table.js').sharedTable = (name, shape) => {
    const plan = tablePlan(name, shape);
    if (tables.some(other => other.name === name)) throw new Error(`table ${name} is defined twice`);
    tables.push(plan);
    return new SharedNumbers(buffers[name] ?? allocateSharedTable(plan), plan);
  };
  const requireFor = (name: string): unknown => {
    if (name === 'sluice') return { ...api, sharedTable };
    return builtIn(name, may, wanted);
  };
  const module = { exports: {} as { default?: unknown } };
  const run = vm.compileFunction(code, ['module', 'exports', 'require', ...HIDDEN_GLOBALS], {
    filename: file,
  });
  run(module, module.exports, requireFor);
  const { exports } = module;
  const definition = checkDefinition('default' in exports ? exports.default : exports, file);
  for (const permission of wanted) {
    if (!definition.may?.includes(permission))
      throw new Error(`${file}: its imports need the permission ${permission}: may: ['${permission}', …]`);
  }
  return { definition, tables };
}

function builtIn(name: string, may: readonly Permission[] | undefined, wanted: Set<Permission>): unknown {
  const plain = name.replace(/^node:/, '');
  const permission = Object.hasOwn(MODULE_PERMISSIONS, plain) ? MODULE_PERMISSIONS[plain] : undefined;
  if (!ALLOWED_MODULES.has(plain) && permission === undefined)
    throw new Error(
      `it cannot import ${name}: a detection may import sluice, its own files, packages, and ${[...ALLOWED_MODULES].join(', ')}`,
    );
  if (permission !== undefined) {
    if (may !== undefined && !may.includes(permission))
      throw new Error(`it cannot import ${name} without the permission ${permission}`);
    wanted.add(permission);
  }
  return require(name);
}
