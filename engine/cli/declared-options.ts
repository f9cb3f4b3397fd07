/** All declared options: those of the engine, the signature language, and all modules and protocols. */

import { ruleGroupOptions } from '../../signatures/analysis/rule-groups.js';
import { compileOptions } from '../../signatures/compile.js';
import { ruleOptions } from '../../signatures/load-rules.js';
import { loadProtocols } from '../application/load-protocols.js';
import { unknownProtocols } from '../application/unknown-protocols.js';
import { DeclaredOptions } from '../config/declared.js';
import { mergeKeys } from '../config/merge-keys.js';
import type { AnyOption } from '../config/option.js';
import { checkOutputList } from '../config/output-list-check.js';
import { controlOptions } from '../control/settings.js';
import { engineMode, globalStats, masterSwitch } from '../exception-policy.js';
import { missingMagic } from '../files/missing-magic.js';
import { LOG_OPTIONS } from '../log.js';
import { logFileOptions } from '../log-file/settings.js';
import { differentFiletypes } from '../log-file/shared-files.js';
import { ENGINE_OPTIONS } from '../manager/options.js';
import type { Protocol } from '../protocol.js';
import { loadOwnModules } from '../thread/load-module.js';
import { CLI_OPTIONS } from './options.js';

/**
 * @param given protocols of the configuration; the built-in ones when absent
 * @param others options of third-party plugins named in the configuration
 */
export async function declaredOptions(
  given?: readonly Protocol[],
  others: readonly AnyOption[] = [],
): Promise<DeclaredOptions> {
  const { modules } = await loadOwnModules();
  const protocols = given ?? (await loadProtocols());
  const own: readonly AnyOption[] = [
    ...CLI_OPTIONS,
    ...ENGINE_OPTIONS,
    ...LOG_OPTIONS,
    ...logFileOptions,
    engineMode,
    masterSwitch,
    globalStats,
    ...ruleOptions,
    ...compileOptions,
    ...ruleGroupOptions,
    ...controlOptions,
  ];
  const declared = [
    ...own,
    ...[...modules.values()].flatMap(module => module.options ?? []),
    ...protocols.flatMap(protocol => protocol.options ?? []),
    ...others,
  ];
  // Several modules may read the same option.
  return new DeclaredOptions(
    [...new Map(declared.map(option => [option.path, option])).values()],
    [
      ...[...modules.values()].flatMap(module => module.check ?? []),
      ...protocols.flatMap(protocol => protocol.check ?? []),
      missingMagic,
      checkOutputList,
      differentFiletypes,
      mergeKeys,
      config =>
        unknownProtocols(
          config,
          protocols.map(protocol => protocol.name),
        ),
    ],
  );
}
