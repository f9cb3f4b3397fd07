import { expect, it } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { recordTypeSettings, recordTypes } from '../../engine/config/output-list.js';
import { instancesOf } from '../../modules/eve/instance.js';

const TYPES = [
  'alert',
  null,
  // What a mistake in the indentation results in.
  { http: { extended: true }, dns: null },
  { tls: { enabled: false } },
  { smtp: { md5: ['body'] } },
  { smtp: { md5: ['subject'] } },
];
const config = new Config({ outputs: [{ 'eve-log': { types: TYPES } }] });

it('record types are the same for the output and for the modules that collect for it', () => {
  expect([...recordTypes(TYPES).keys()]).toEqual(['alert', 'http', 'smtp']);
  expect([...instancesOf(config)[0]!.types]).toEqual(['alert', 'http', 'smtp']);
  const of = (type: string) => recordTypeSettings(config, type)[0]?.tree;
  expect(of('http')).toEqual({ extended: true });
  expect(of('dns')).toBeUndefined();
  expect(of('tls')).toBeUndefined();
  expect(of('smtp')).toEqual({ md5: ['subject'] });
});
