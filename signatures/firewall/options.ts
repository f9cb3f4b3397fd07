/** Options of firewall mode. */
import { option, text, texts, tree } from '../../engine/config/option.js';
import { FIREWALL } from '../../engine/firewall.js';

export const FIREWALL_RULE_PATH = option(
  'firewall.rule-path',
  text,
  '/etc/suricata/firewall/',
  'folder of firewall rule files without an absolute path',
);
export const FIREWALL_RULE_FILES = option(
  'firewall.rule-files',
  texts,
  [],
  'firewall rule files; * ? and [ ] are wildcards',
);
export const FIREWALL_POLICIES = option(
  'firewall.policies',
  tree,
  undefined,
  'policies for traffic that no firewall rule of a hook matched',
);

export const firewallOptions = [FIREWALL, FIREWALL_RULE_PATH, FIREWALL_RULE_FILES, FIREWALL_POLICIES];
