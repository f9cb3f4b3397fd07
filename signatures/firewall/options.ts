/** Options of firewall mode. */
import { option, text, texts, tree } from '../../engine/config/option.js';
import { FIREWALL } from '../../engine/firewall.js';

export const FIREWALL_RULE_PATH = option(
  'firewall.rule-path',
  text,
  '/etc/suricata/firewall/',
  'Folder that files of firewall rules without an absolute path lie in.',
);
export const FIREWALL_RULE_FILES = option(
  'firewall.rule-files',
  texts,
  [],
  'Files of firewall rules; * ? and [ ] stand for parts of names.',
);
export const FIREWALL_POLICIES = option(
  'firewall.policies',
  tree,
  undefined,
  'What becomes of traffic that no firewall rule of a hook decided about.',
);

export const firewallOptions = [FIREWALL, FIREWALL_RULE_PATH, FIREWALL_RULE_FILES, FIREWALL_POLICIES];
