/** The `syslog` outputs: alerts in the system log. */
import type { Config } from '../../engine/config/config.js';
import { boolean, option, text } from '../../engine/config/option.js';
import { outputEntries } from '../../engine/config/output-list.js';
import { type SyslogSettings, syslogFacility, syslogLevel } from '../../engine/log-file/syslog.js';

const PREFIX = 'outputs.*.syslog.';
const enabled = option(`${PREFIX}enabled`, boolean, true, 'log alerts to syslog');
const identity = option(`${PREFIX}identity`, text, 'suricata', 'syslog identity');
const facility = option(`${PREFIX}facility`, syslogFacility, 'local5', 'syslog facility');
const level = option(`${PREFIX}level`, syslogLevel, 'info', 'syslog level');

export const SYSLOG_OPTIONS = [enabled, identity, facility, level];

/** Each with the name of its log. */
export function syslogs(config: Config): (SyslogSettings & { readonly file: string })[] {
  return outputEntries(config, 'syslog').map((entry, i) => {
    const read = entry.readerBelow(PREFIX);
    return {
      file: `syslog of alerts ${i}`,
      identity: read(identity),
      facility: read(facility),
      level: read(level),
    };
  });
}
