/** Protocol conditions of a rule that stores files, and has no other transaction conditions. */
import { isApplicationBuffer, TRANSACTION_KINDS } from '../compile/traits.js';
import { isPacketHook } from '../firewall/hooks.js';
import { ANY_FILE } from '../keywords/filestore.js';
import type { RuleBuilder } from '../rule-builder.js';

/** Adds a condition that matches any file, regardless of its name. */
export function addStoredFile(rule: RuleBuilder): void {
  const stores = rule.effects.some(({ kind }) => kind === 'filestore');
  if (stores && !isAboutTransactions(rule)) rule.addCondition(ANY_FILE);
}

function isAboutTransactions({ buffers, conditions, header: { hook } }: RuleBuilder): boolean {
  return (
    (hook !== undefined && !isPacketHook(hook)) ||
    conditions.some(({ kind }) => TRANSACTION_KINDS.has(kind)) ||
    buffers.some(buffer => buffer.conditions.length > 0 && isApplicationBuffer(buffer))
  );
}
