/** luaxform: a script transforms the buffer. */
import { RunningScript, type ScriptText } from '../lua/runner.js';
import { RuleError } from '../rule-error.js';
import type { Transform } from '../transform.js';

const MAX_ARGUMENTS = 10;

export const luaTransforms: readonly Transform[] = [
  {
    name: 'luaxform',
    summary: 'Result of the transform function of a Lua script.',
    grammar: 'script [, argument …]',
    parse(argument, rule, at) {
      const [name = '', ...values] = argument!.split(',').map(each => each.trim());
      if (values.length > MAX_ARGUMENTS)
        throw new RuleError(`too many arguments: ${values.length}`, at, `up to ${MAX_ARGUMENTS}`);
      const { scripts } = rule.context;
      const script = scripts.read(name, rule.variables, at);
      scripts.withScript(script, at, new Set(), opened => {
        if (!opened.has('transform'))
          throw new RuleError('no transform function in script', at, 'function transform(input, args)');
      });
      return { script, values };
    },
    compile(match, environment) {
      const running = new RunningScript(match['script'] as ScriptText, environment);
      const given = match['values'] as readonly string[];
      // Indexed from 1, as for `ipairs`; the first is also at 0, for scripts that count from there.
      const values = Object.fromEntries(given.length > 0 ? [given[0]!, ...given].entries() : []);
      return bytes => {
        if (bytes.length === 0) return bytes;
        const results = running.call('transform', undefined, [bytes, values], 2);
        if (!results) return bytes;
        const [buffer, length] = results;
        if (typeof buffer !== 'string' || typeof length !== 'number') return bytes;
        const made = Buffer.from(buffer, 'latin1');
        return made.subarray(0, Math.max(0, length));
      };
    },
  },
];
