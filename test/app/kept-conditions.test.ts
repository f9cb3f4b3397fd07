import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Protocol } from '../../engine/protocol.js';

const FOLDER = new URL('../../modules/app/', import.meta.url);

/** Arguments of all forms; a keyword takes the valid ones. */
const ARGUMENTS = [
  ...['1', '>1', '<5', '1-4', '!3', '>=2', '&0x4', '1<>3', '>2015', '<2015', '2016-04-01 12:00<>2017-05-01'],
  ...['unit >10', 'access write holding, address >2, value >9', 'function 8, subfunction 4'],
  ...['12,24,62-78,25', '367abb81-9844-35f1-ad32-98f038001003,>3', 'tls1.2', '!tls1.0', 'client_hello'],
  ...[
    'list_identity',
    'search_request',
    '1,all',
    '1,-1',
    'SETTINGS_HEADER_TABLE_SIZE>4096',
    'GOAWAY',
    'CONNECT',
  ],
  ...[
    'dup,!retain',
    'clean_session',
    'yes',
    'ok',
    'weak',
    'rc4-hmac,23',
    'active',
    'A',
    'fin',
    'NOERROR',
    '1,2',
  ],
  ...['alg_hash=2', undefined],
];

const protocols: Protocol[] = [];
for (const file of readdirSync(FOLDER).filter(name => name.endsWith('.ts'))) {
  const module = (await import(new URL(file.replace(/ts$/, 'js'), FOLDER).href)) as Record<string, unknown>;
  protocols.push(...Object.values(module).filter((value): value is Protocol => hasTests(value)));
}

function hasTests(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'tests' in value;
}

describe('conditions of keywords', () => {
  it.each(protocols.map(({ name, tests }) => [name, tests] as const))(
    'of %s are the same after rules were cached as JSON',
    (_, tests) => {
      for (const test of tests) {
        for (const argument of ARGUMENTS) {
          const condition = parsed(() => test.parse(argument));
          if (condition === undefined) continue;
          expect(JSON.parse(JSON.stringify(condition)), `${test.keyword}:${argument}`).toEqual(condition);
        }
      }
    },
  );
});

function parsed(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
