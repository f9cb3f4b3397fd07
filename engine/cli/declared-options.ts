/** Every option there is: those of the engine, of the signature language, and of all modules. */

import { compileOptions } from '../../signatures/compile.js';
import { ruleOptions } from '../../signatures/load-rules.js';
import { DeclaredOptions } from '../config/declared.js';
import type { AnyOption } from '../config/option.js';
import { ENGINE_OPTIONS } from '../engine.js';
import { engineMode, masterSwitch } from '../exception-policy.js';
import { LOG_OPTIONS } from '../log.js';
import { logFileOptions } from '../log-file/settings.js';
import { loadModule, ownNames } from '../thread/load-module.js';
import { CLI_OPTIONS } from './options.js';

export async function declaredOptions(): Promise<DeclaredOptions> {
  const modules = await Promise.all((await ownNames('modules')).map(name => loadModule(name, process.cwd())));
  const own: readonly AnyOption[] = [
    ...CLI_OPTIONS,
    ...ENGINE_OPTIONS,
    ...LOG_OPTIONS,
    ...logFileOptions,
    engineMode,
    masterSwitch,
    ...ruleOptions,
    ...compileOptions,
  ];
  return new DeclaredOptions([...own, ...modules.flatMap(module => module.options ?? [])]);
}
