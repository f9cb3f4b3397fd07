/** Rule counts as in the statistics: `"detect":{"engines":[{…}]}`. */
import type { RuleOutcome } from '../../../signatures/rule-set.js';
import type { StatsTree } from '../../stats-record.js';
import { IsoTimestamp } from '../../timestamp.js';

/** @param milliseconds since the epoch when the rules were loaded */
export function ruleStatistics(rules: RuleOutcome, milliseconds: number): StatsTree {
  const { loaded, errors, skipped, unsupported } = rules;
  return {
    id: 0,
    last_reload: timestamp(milliseconds),
    rules_loaded: loaded,
    rules_failed: errors.filter(error => error.rule !== undefined).length,
    rules_skipped: skipped.length + unsupported.length,
  };
}

function timestamp(milliseconds: number): string {
  const bytes = new Uint8Array(IsoTimestamp.LENGTH);
  const seconds = Math.floor(milliseconds / 1000);
  const length = new IsoTimestamp().write(seconds, (milliseconds % 1000) * 1_000_000, bytes, 0);
  return new TextDecoder().decode(bytes.subarray(0, length));
}
