/** Contents on buffers with normalized text, such as fingerprints. */
import type { TextForm } from '../../engine/protocol.js';
import type { ContentUnderConstruction } from '../buffer-builder.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';

/** Converts contents to their buffer's form. @throws RuleError for those that could never match */
export function applyTextForms(rule: RuleBuilder): void {
  for (const { buffer, conditions, transforms } of rule.buffers) {
    const form = rule.context.buffers.get(buffer)?.form;
    if (!form || transforms.length > 0) continue;
    for (const match of conditions)
      if (match.kind === 'content') apply(form, buffer, match as ContentUnderConstruction, rule);
  }
}

function apply(form: TextForm, buffer: string, content: ContentUnderConstruction, rule: RuleBuilder): void {
  if (content.nocase)
    rule.warn(
      `rule ${rule.sid}: ${buffer} should not be used together with nocase, since the rule is automatically ${form.letters}cased anyway which makes nocase redundant.`,
      rule.at,
    );
  content.bytes = form.letters === 'lower' ? content.bytes.toLowerCase() : content.bytes.toUpperCase();
  const { bytes } = content;
  const wrong = (what: string) =>
    new RuleError(
      `rule ${rule.sid}: ${what} after ${buffer}. This rule will therefore never match.`,
      rule.at,
    );
  if (form.length !== undefined && bytes.length !== form.length)
    throw wrong(`Invalid length ${bytes.length} of content (should be ${form.length})`);
  if (form.pairs && bytes.length > 2 && !bytes.includes(':'))
    throw wrong("No colon delimiters ':' detected in content");
  if (!form.pairs && !/^[0-9a-f]*$/i.test(bytes)) throw wrong('Content that is not hexadecimal text');
}
