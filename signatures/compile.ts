/** Entry points of rule set compilation for the rest of the program. */
import type { Matcher } from '../engine/matcher.js';
import type { RuleSetImage } from './compile/image.js';
import type { CompileOptions } from './compile/options.js';
import { RuleCompiler } from './compile/rule-compiler.js';
import type { Signature } from './signature.js';

export type { RuleSetImage } from './compile/image.js';
export { signatureAt } from './compile/image.js';
export { type CachedRules, ImageCache, type RuleSources, rulesKey } from './compile/image-cache.js';
export { type CompileOptions, compileOptions, compileOptionsFrom } from './compile/options.js';
export { RuleCompiler } from './compile/rule-compiler.js';

/**
 * Compiles a complete list of signatures.
 * @param rules result of `loadRules`  @param matcher of this thread; its databases are shared with others
 */
export function compileRules(
  rules: {
    readonly signatures: readonly Signature[];
    readonly referenceSystems?: Readonly<Record<string, string>>;
  },
  matcher: Matcher,
  options: CompileOptions,
): RuleSetImage {
  const compiler = new RuleCompiler(matcher, options);
  return compiler.finish(
    rules.signatures.map(signature => compiler.addSignature(signature)),
    rules.referenceSystems,
  );
}

/**
 * Frees the databases of a rule set that its successor does not use. Call it when no thread scans with it any more.
 * @param matcher of a thread that did not import them
 */
export function releaseUnused(matcher: Matcher, before: RuleSetImage, after: RuleSetImage): void {
  const kept = new Set(after.databases.map(database => database.key));
  for (const { key, shared } of before.databases) {
    // Tables of the q-gram matcher are garbage-collected.
    if (!kept.has(key) && shared.kind === 'hyperscan') matcher.release(shared.database);
  }
}
