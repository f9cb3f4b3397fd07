/** Scripts named in rules, at load time: reads them and queries what they need. */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Config } from '../../engine/config/config.js';
import type { LuaScript } from '../../engine/lua.js';
import type { DatasetDeclarations } from '../dataset-declarations.js';
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';
import { type LuaRuleSettings, luaRuleSettings } from './options.js';
import { ScriptRunner, type ScriptText } from './runner.js';

const DATASET_LIBRARY = 'suricata.dataset';

export class RuleScripts {
  /** Files searched for. */
  readonly files: string[] = [];
  private readonly settings: LuaRuleSettings;
  private runner: ScriptRunner | undefined;

  /** @param folder in which scripts are searched, before that of the rule's own file */
  constructor(
    config: Config,
    private readonly folder: string,
    private readonly datasets: DatasetDeclarations,
  ) {
    this.settings = luaRuleSettings(config);
  }

  /** @param variables names set by the rule @throws RuleError */
  read(name: string, variables: Iterable<string>, at: Position): ScriptText {
    if (!this.settings.allowed)
      throw new RuleError(
        'Lua rules disabled by security configuration: security.lua.allow-rules',
        at,
        'allow-rules: yes',
      );
    const text = this.text(name, at);
    return {
      ...text,
      variables: [...variables],
      datasets: text.text.includes(DATASET_LIBRARY) ? this.datasets.declared() : [],
    };
  }

  /**
   * Opens a script and passes it to `ask`.
   * @param asked receives the keywords requested by library functions
   * @throws RuleError if the script fails
   */
  withScript<T>(script: ScriptText, at: Position, asked: Set<string>, ask: (opened: LuaScript) => T): T {
    this.runner ??= new ScriptRunner(this.settings, () => {});
    const { variables, datasets } = script;
    const context = {
      host: undefined,
      environment: undefined,
      variables: new Set(variables),
      datasets,
      requestedKeywords: asked,
      at: undefined,
    };
    try {
      return ask(this.runner.open(script, context));
    } catch (error) {
      if (error instanceof RuleError) throw error;
      throw new RuleError(`couldn't load file: ${(error as Error).message}`, at);
    } finally {
      this.runner.releaseAll();
    }
  }

  private text(name: string, at: Position): { file: string; text: string } {
    const paths = isAbsolute(name) ? [name] : [join(this.folder, name), join(dirname(at.file), name)];
    let reason = '';
    for (const file of paths) {
      this.files.push(file);
      try {
        return { file, text: readFileSync(file, 'latin1') };
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        reason ||= `cannot open ${file}: ${code === 'ENOENT' ? 'No such file or directory' : message}`;
      }
    }
    throw new RuleError(`couldn't load file: ${reason}`, at, `a file in ${this.folder}`);
  }
}
