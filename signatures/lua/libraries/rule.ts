/** suricata.rule: the script's rule. */
import { type LibraryMaker, objectLibrary } from '../context.js';

export const ruleLibrary: LibraryMaker = context => {
  const rule = () => {
    const signature = context.environment?.signature;
    if (!signature) throw new Error('no rule');
    return signature;
  };
  const text = (value: string) => Buffer.from(value).toString('latin1');
  const missing = () => (context.environment?.signature ? undefined : 'no rule');
  return objectLibrary('suricata.rule', 'get_rule', missing, {
    sid: () => [rule().sid],
    gid: () => [rule().gid],
    rev: () => [rule().rev],
    action: () => [rule().action],
    msg: () => [text(rule().msg)],
    class: () => [text(rule().category), rule().priority],
    class_description: () => [text(rule().category)],
    priority: () => [rule().priority],
  });
};
