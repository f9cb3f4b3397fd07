/**
 * The process that compiles rules into the cache for a run in progress (see `background-compiler.ts`), which tells it which
 * ones.
 */
import { constants, getPriority, setPriority } from 'node:os';
import { expressionCheck } from '../../../signatures/expression-check.js';
import { loadProtocols, PROTOCOL_PLUGINS } from '../../application/load-protocols.js';
import { Config } from '../../config/config.js';
import type { Log } from '../../module.js';
import type { CompileRequest } from './background-compiler.js';
import { prepareRules } from './prepare-rules.js';

/** The run reports problems with rules when it loads them. */
const NOTHING: Log = { debug() {}, info() {}, notice() {}, warning() {}, error() {} };

async function compile({ tree, ...given }: CompileRequest): Promise<void> {
  // Packet processing has priority. A process started with lower priority may not raise it.
  if (getPriority() < constants.priority.PRIORITY_BELOW_NORMAL)
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const config = new Config(tree);
  const protocols = await loadProtocols(config.read(PROTOCOL_PLUGINS));
  const options = { ...given, config, protocols, checkExpression: expressionCheck() };
  prepareRules(options, protocols, false, NOTHING);
}

process.once('message', message => {
  compile(message as CompileRequest).then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
// The run has ended.
process.once('disconnect', () => process.exit(1));
