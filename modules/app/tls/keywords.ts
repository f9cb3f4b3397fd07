/** TLS keywords with their own syntax. */
import type { TestDeclaration } from '../../../engine/protocol.js';
import { certificateTest } from './certificate-test.js';
import type { TlsTransaction } from './transaction.js';
import { validityTests } from './validity.js';
import { VERSION_WORDS } from './version.js';

type Test = TestDeclaration<TlsTransaction>;

/** Quoted text with an optional `!`, as in the older keywords. */
interface TextCondition {
  readonly negated: boolean;
  readonly text: string;
}

function textCondition(argument: string | undefined): TextCondition {
  const match = /^(!?)\s*"(.*)"$|^(!?)\s*([^"].*)$/s.exec(argument ?? '');
  if (!match) throw new Error('expected a quoted string');
  return { negated: (match[1] ?? match[3]) === '!', text: (match[2] ?? match[4])! };
}

function older(
  keyword: string,
  summary: string,
  of: (transaction: TlsTransaction) => string | undefined,
): Test {
  return certificateTest(keyword, summary, '[!]"text"', {
    of,
    parse: textCondition,
    holds: (value, { negated, text }) => value.includes(text) !== negated,
  });
}

/** `1.2`, `TLS1.2`, `0x0303`: the negotiated version. */
function versionNumber(argument: string | undefined): number {
  const word = (argument ?? '').replace(/^"|"$/g, '').trim().toLowerCase();
  if (/^0x[0-9a-f]{1,4}$/.test(word)) return Number.parseInt(word, 16);
  const version = VERSION_WORDS.get(word) ?? VERSION_WORDS.get(`tls${word}`);
  if (version === undefined)
    throw new Error(`expected a version such as 1.2 or 0x0303, not "${argument ?? ''}"`);
  return version;
}

/** `ssl_version:tls1.2,!sslv3` */
function versionList(argument: string | undefined): { version: number; negated: boolean }[] {
  return (argument ?? '').split(',').map(part => {
    const word = part.trim();
    const negated = word.startsWith('!');
    return { version: versionNumber(negated ? word.slice(1) : word), negated };
  });
}

const STATES = ['client_hello', 'server_hello', 'client_keyx', 'server_keyx', 'unknown'];

/** `client_hello|server_hello`, `!server_hello` */
function stateSet(argument: string | undefined): { state: string; negated: boolean }[] {
  return (argument ?? '').split(/[|,]/).map(part => {
    const word = part.trim();
    const state = word.replace(/^!/, '');
    if (!STATES.includes(state)) throw new Error(`expected ${STATES.join(', ')}, not "${state}"`);
    return { state, negated: word.startsWith('!') };
  });
}

/** The state is that of the side whose data is inspected. */
function inState({ client, server }: TlsTransaction, toServer: boolean, state: string): boolean {
  if (state === 'client_hello') return toServer && client.hello !== undefined;
  if (state === 'server_hello') return !toServer && server.hello !== undefined;
  if (state === 'client_keyx') return toServer && client.encrypted;
  if (state === 'server_keyx') return !toServer && (server.encrypted || server.chain.length > 0);
  return client.hello === undefined && server.hello === undefined;
}

export const tlsTests: readonly Test[] = [
  older(
    'tls.subject',
    'Text contained in the subject of the certificate.',
    ({ server }) => server.certificate?.subject,
  ),
  older(
    'tls.issuerdn',
    'Text contained in the issuer of the certificate.',
    ({ server }) => server.certificate?.issuer,
  ),
  {
    ...older(
      'tls.fingerprint',
      'SHA-1 fingerprint of the certificate.',
      ({ server }) => server.certificate?.fingerprint,
    ),
    parse: argument => {
      const { negated, text } = textCondition(argument);
      return { negated, text: text.toLowerCase() };
    },
  },
  ...validityTests,
  {
    keyword: 'tls.version',
    summary: 'Negotiated version.',
    grammar: '1.0 | 1.1 | 1.2 | 1.3 | 0xnumber',
    direction: 'either',
    progress: 1,
    parse: versionNumber,
    matches: ({ version }, _, parsed) => version === parsed,
  },
  {
    keyword: 'ssl_version',
    summary: 'SSL or TLS version; several may be given.',
    grammar: '[!]version [, …]',
    direction: 'either',
    progress: 1,
    parse: versionList,
    matches: ({ version }, _, parsed) =>
      (parsed as ReturnType<typeof versionList>).some(
        wanted => (wanted.version === version) !== wanted.negated,
      ),
  },
  {
    keyword: 'ssl_state',
    summary: 'State of the handshake.',
    grammar: '[!]state [| …]',
    direction: 'either',
    progress: 1,
    growing: true,
    parse: stateSet,
    matches: (transaction, toServer, parsed) =>
      (parsed as ReturnType<typeof stateSet>).some(
        ({ state, negated }) => inState(transaction, toServer, state) !== negated,
      ),
  },
];
