/** Bodies and payloads in the records of alerts: options such as `http-body` and `http-body-printable` of the type `alert`. */
import type { Config } from '../config/config.js';
import { boolean, option } from '../config/option.js';
import { recordTypeSettings } from '../config/output-list.js';

const ALERT = 'outputs.*.eve-log.types.*.alert.';
/** Maximum bytes logged: records are bounded. */
const MAX_BODY = 128 << 10;

/** Forms of a body in alerts. */
export interface BodyForms {
  readonly base64: boolean;
  readonly printable: boolean;
}

/** The two options that request a body: `NAME` for base64, and `NAME-printable`. */
export function bodyOptions(name: string, what: string) {
  return {
    base64: option(`${ALERT}${name}`, boolean, false, `log ${what} of alerts in base64`),
    printable: option(`${ALERT}${name}-printable`, boolean, false, `log ${what} of alerts as text`),
  };
}

/** Forms requested by any eve-log entry: alert records are the same for all. */
export function bodyForms(config: Config, name: string, options: ReturnType<typeof bodyOptions>): BodyForms {
  const entries = recordTypeSettings(config, 'alert').flatMap(entry => entry ?? []);
  return {
    base64: entries.some(entry => entry.read({ ...options.base64, path: name })),
    printable: entries.some(entry => entry.read({ ...options.printable, path: `${name}-printable` })),
  };
}

/**
 * Members of a record, with a comma in front of each.
 * @param base64 name of the member in base64 @param text name of the one as text
 */
export function bodyMembers(
  bytes: Uint8Array | undefined,
  base64: string,
  text: string,
  forms: BodyForms,
): string {
  if (bytes === undefined || bytes.length === 0) return '';
  const shown = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_BODY));
  const members = forms.base64 ? `,"${base64}":"${shown.toString('base64')}"` : '';
  if (!forms.printable) return members;
  return `${members},"${text}":${JSON.stringify(shown.toString('latin1').replace(/[^\x20-\x7e\r\n]/g, '.'))}`;
}
