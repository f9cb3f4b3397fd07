/** Keywords of RFB. */
import type { BufferDeclaration, TestDeclaration, ValueDeclaration } from '../../../engine/protocol.js';
import { COMPLETE, type RfbTransaction } from './transaction.js';

const AT = { direction: 'to_client', progress: COMPLETE } as const;
/** Results that have names; `unknown` is any other. */
const RESULTS: readonly string[] = ['ok', 'fail', 'toomany'];

export const BUFFERS: readonly BufferDeclaration<RfbTransaction>[] = [
  { ...AT, keyword: 'rfb.name', summary: 'name of the desktop', get: ({ frameBuffer }) => frameBuffer?.name },
];

export const VALUES: readonly ValueDeclaration<RfbTransaction>[] = [
  {
    ...AT,
    keyword: 'rfb.sectype',
    bits: 32,
    summary: 'type of security that was chosen',
    get: ({ securityType }) => (securityType === undefined ? [] : [securityType]),
  },
];

export const TESTS: readonly TestDeclaration<RfbTransaction>[] = [
  {
    ...AT,
    keyword: 'rfb.secresult',
    summary: 'what came of security: ok, fail, toomany or unknown',
    parse(argument) {
      const word = (argument ?? '').trim();
      if (word !== 'unknown' && !RESULTS.includes(word))
        throw new Error(`"${word}" is none of ${RESULTS.join(', ')}, unknown`);
      return word;
    },
    matches: ({ securityResult }, _, wanted) =>
      securityResult !== undefined && (RESULTS[securityResult] ?? 'unknown') === wanted,
  },
];
