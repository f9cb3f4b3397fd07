/** Errors in the settings for single servers. */
import { expect, it } from 'vitest';
import { Config } from '../../../engine/config/config.js';
import type { Mapping } from '../../../engine/config/scalar.js';
import { checkServerSettings } from '../../../modules/app/http/server-settings-check.js';

const found = (servers: unknown): string[] => {
  const tree = { 'app-layer': { protocols: { http: { libhtp: { 'server-config': servers } } } } };
  return checkServerSettings(new Config(tree as Mapping)).map(
    ({ path, message }) => `${path.replace('app-layer.protocols.http.libhtp.', '')}: ${message}`,
  );
};
const of = (settings: object): string[] => found([{ web: { address: '192.0.2.1', ...settings } }]);

it('correct settings give no message', () => {
  expect([undefined, null, []].flatMap(found)).toEqual([]);
  const settings = { address: ['192.0.2.0/24', '::1'], personality: 'Apache_2', 'request-body-limit': '4kb' };
  expect(found([{ apache: settings }, { iis: { address: '192.0.2.1' } }])).toEqual([]);
});

it('invalid values and unknown names are reported', () => {
  expect(of({ personality: 'Apache_3' })).toEqual([
    expect.stringMatching(/^server-config\.0\.web\.personality: "Apache_3" is invalid, expected /),
  ]);
  expect(of({ 'request-body-limit': 'lots' })).toEqual([
    expect.stringContaining('.web.request-body-limit: invalid size argument: "lots"'),
  ]);
  expect(of({ 'respons-body-limit': 1 })).toEqual([
    'server-config.0.web.respons-body-limit: unknown key, did you mean response-body-limit?',
  ]);
});

it('invalid addresses of servers are reported', () => {
  expect(of({ address: ['192.0.2.300'] })).toEqual([
    expect.stringContaining('.web.address: ["192.0.2.300"] is invalid, expected an address or network'),
  ]);
  expect(found([{ web: { personality: 'ids' } }, { bare: null }])).toEqual([
    'server-config.0.web: has no effect without a server address',
    'server-config.1.bare: has no effect without a server address',
  ]);
});

it('server-config other than a list is reported', () => {
  expect(found({ web: { address: '192.0.2.1' } })).toEqual([
    expect.stringContaining('server-config: expected a list'),
  ]);
  expect(found(['web'])).toEqual([expect.stringContaining('server-config.0: expected NAME')]);
});
