import { describe, expect, it } from 'vitest';
import tls from '../../../modules/app/tls.js';

const state = tls.tests.find(({ keyword }) => keyword === 'ssl_state')!;
const both = {
  client: { hello: {}, encrypted: false },
  server: { hello: {}, encrypted: false, chain: [] },
} as never;

describe('ssl_state', () => {
  it.each([
    ['client_hello', true, true],
    ['client_hello', false, false],
    ['server_hello', true, false],
    ['server_hello', false, true],
    ['client_hello|server_hello', false, true],
    ['!client_hello', true, false],
    ['!client_hello', false, true],
    ['unknown', true, false],
  ] as const)('%s where data to the server is looked at (%s) is %s', (argument, toServer, expected) => {
    expect(state.matches(both, toServer, state.parse(argument))).toBe(expected);
  });

  it('knows its states', () => expect(() => state.parse('hello')).toThrow('expected client_hello'));
});
