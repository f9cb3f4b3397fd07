/** Which members the EVE records of HTTP have: the `http` type of the eve-log outputs. */
import type { Config } from '../../../engine/config/config.js';
import { boolean, choice, option, texts } from '../../../engine/config/option.js';
import { outputBit, recordTypeSettings } from '../../../engine/config/output-list.js';
import { bodyOptions } from '../../../engine/record/alert-bodies.js';
import { type CustomField, customFields } from './custom-fields.js';

const HTTP = 'outputs.*.eve-log.types.*.http.';

export const EXTENDED = option(
  `${HTTP}extended`,
  boolean,
  false,
  'log method, protocol, status, referrer and length',
);
export const CUSTOM = option(`${HTTP}custom`, texts, [], 'additional header fields, such as accept-encoding');
export const DUMP = option(
  `${HTTP}dump-all-headers`,
  choice('none', 'request', 'response', 'both'),
  'none',
  'all header fields of: none, request, response, both',
);

export const BODIES = 'http-body';
export const BODY_OPTIONS = bodyOptions(BODIES, 'bodies of request and response');

export const RECORD_OPTIONS = [EXTENDED, CUSTOM, DUMP];

/** One variant of the record, and the outputs that use it. */
export interface HttpVariant {
  readonly extended: boolean;
  readonly custom: readonly CustomField[];
  readonly dumpRequest: boolean;
  readonly dumpResponse: boolean;
  /** See `OutputRecord.outputs`. */
  readonly outputs: number;
}

/** The variant for alerts, and for outputs without known settings. */
export const DEFAULT_VARIANT: HttpVariant = {
  extended: true,
  custom: [],
  dumpRequest: false,
  dumpResponse: false,
  outputs: 0,
};

/** @returns one for each variant that any entry uses; none if no entry logs HTTP */
export function httpVariants(config: Config): readonly HttpVariant[] {
  const entries = recordTypeSettings(config, 'http');
  if (entries.length === 0) return [{ ...DEFAULT_VARIANT, extended: false }];
  const variants = new Map<string, HttpVariant>();
  entries.forEach((settings, i) => {
    if (!settings) return;
    const wanted = variantOf(settings);
    const key = JSON.stringify(wanted);
    const outputs = (variants.get(key)?.outputs ?? 0) | outputBit(i);
    variants.set(key, { ...wanted, outputs });
  });
  return [...variants.values()];
}

function variantOf(settings: Config): Omit<HttpVariant, 'outputs'> {
  const dump = settings.read({ ...DUMP, path: 'dump-all-headers' });
  return {
    extended: settings.read({ ...EXTENDED, path: 'extended' }),
    custom: customFields(settings.read({ ...CUSTOM, path: 'custom' })),
    dumpRequest: dump === 'request' || dump === 'both',
    dumpResponse: dump === 'response' || dump === 'both',
  };
}
