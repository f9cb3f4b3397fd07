/**
 * Resolves a name in the YAML: a file in the engine's own folders, a path (beginning with `.` or `/`), or a package.
 * There is no registry, so third-party modules load without changes to the engine.
 */
import { access, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compiled } from '../compiled.js';
import { MODULE_API, type ModuleDefinition } from '../module.js';
import { nearest } from '../nearest.js';
import { QUEUE_HANDLER_API, type QueueHandler } from '../queue/handler.js';

/** @param from folder that paths and packages are resolved from  @throws Error naming what was searched for */
export async function loadModule(name: string, from: string): Promise<ModuleDefinition> {
  const definition = await load(name, 'modules', 'module', from);
  const { api, create, kind } = definition as Partial<ModuleDefinition>;
  if (typeof create !== 'function' || kind === undefined) {
    throw new Error(`module ${name}: the default export is not a module (see defineModule)`);
  }
  if (api !== MODULE_API)
    throw new Error(`module ${name} is made for module API ${api}, this engine has ${MODULE_API}`);
  return definition as ModuleDefinition;
}

/** Modules that could be loaded. */
export interface LoadedModules {
  readonly modules: ReadonlyMap<string, ModuleDefinition>;
  /** Why others could not be loaded. */
  readonly problems: readonly string[];
}

/** Loads all modules of the project. */
export async function loadOwnModules(): Promise<LoadedModules> {
  return loadModules((await ownNames('modules')).sort(), process.cwd());
}

/** Loads modules by name; a failure affects only those that need the module. @param from as for `loadModule` */
export async function loadModules(names: readonly string[], from: string): Promise<LoadedModules> {
  const modules = new Map<string, ModuleDefinition>();
  const problems: string[] = [];
  for (const name of names) {
    try {
      modules.set(name, await loadModule(name, from));
    } catch (error) {
      const { message } = error as Error;
      problems.push(message.includes(name) ? message : `module ${name}: ${message}`);
    }
  }
  return { modules, problems };
}

export async function loadHandler(name: string, from: string): Promise<QueueHandler> {
  const handler = await load(name, 'engine/queue/handlers', 'queue handler', from);
  const { api, create } = handler as Partial<QueueHandler>;
  if (typeof create !== 'function')
    throw new Error(
      `queue handler ${name}: the default export is not a queue handler (see defineQueueHandler)`,
    );
  if (api !== QUEUE_HANDLER_API)
    throw new Error(
      `queue handler ${name} is made for queue handler API ${api}, this engine has ${QUEUE_HANDLER_API}`,
    );
  return handler as QueueHandler;
}

/** Names of the files in one of the engine's own folders. */
async function ownNames(folder: string): Promise<string[]> {
  const entries = await readdir(compiled(`${folder}/`), { withFileTypes: true }).catch(() => []);
  return entries
    .filter(entry => entry.isFile() && entry.name.endsWith('.js'))
    .map(entry => entry.name.slice(0, -3));
}

async function load(name: string, folder: string, what: string, from: string): Promise<object> {
  const address = await find(name, folder, what, from);
  const loaded = (await import(address)) as { default?: unknown };
  if (loaded.default === null || typeof loaded.default !== 'object')
    throw new Error(`${what} ${name} has no default export`);
  return loaded.default;
}

async function find(name: string, folder: string, what: string, from: string): Promise<string> {
  if (name.startsWith('.') || name.startsWith('/'))
    return pathToFileURL(entryOf(resolve(from, name), what, name)).href;
  const own = compiled(`${folder}/${name}.js`);
  if (/^[\w-]+$/.test(name) && (await exists(own))) return own.href;
  try {
    return pathToFileURL(createRequire(resolve(from, 'any.js')).resolve(name)).href;
  } catch {
    const names = await ownNames(folder);
    const hint = nearest(name, names);
    throw new Error(
      `unknown ${what} "${name}"${hint ? ` (did you mean ${hint}?)` : ''}; available: ${names.join(', ')}`,
    );
  }
}

/** A path may refer to a file, or a folder with a package.json. */
function entryOf(path: string, what: string, name: string): string {
  try {
    return createRequire(resolve(dirname(path), 'any.js')).resolve(path);
  } catch {
    throw new Error(`${what} not found: ${name} (looked for ${path})`);
  }
}

/** @throws Error if that cannot be determined: the user of a run may not be allowed to read the program */
async function exists(url: URL): Promise<boolean> {
  try {
    await access(url);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
