/** Keywords of LDAP. */
import type { BufferDeclaration, Direction, ValueDeclaration } from '../../../engine/protocol.js';
import { COMPLETE, type LdapTransaction, STARTED } from './exchange.js';
import type { LdapMessage } from './message.js';
import { OPERATIONS, RESULT_CODES } from './operation.js';

type Buffer_ = BufferDeclaration<LdapTransaction>;

/** @param of returns the text with a number, in constant time, as there may be many */
function texts(
  keyword: string,
  summary: string,
  direction: Direction,
  of: (transaction: LdapTransaction, index: number) => Uint8Array | undefined,
): Buffer_ {
  return {
    keyword,
    summary,
    direction,
    progress: COMPLETE,
    multiple: true,
    get: (transaction, _, index) => of(transaction, index),
  };
}

/** One value for each response, empty if it has none: this keeps the numbering consistent. */
const responsesBuffer = (
  keyword: string,
  summary: string,
  of: (response: LdapMessage) => Uint8Array | undefined,
): Buffer_ =>
  texts(keyword, summary, 'to_client', ({ responses }, index) => {
    const response = responses[index];
    return response && (of(response) ?? EMPTY);
  });

const EMPTY = new Uint8Array(0);

export const BUFFERS: readonly Buffer_[] = [
  {
    keyword: 'ldap.request.dn',
    summary: 'Distinguished name in a request.',
    direction: 'to_server',
    progress: COMPLETE,
    get: ({ request }) => request?.dn,
  },
  responsesBuffer('ldap.responses.dn', 'Distinguished name in a response.', each => each.dn),
  responsesBuffer(
    'ldap.responses.message',
    'Diagnostic message of a response.',
    each => each.result?.message,
  ),
  texts(
    'ldap.request.attribute_type',
    'Attribute type in a request.',
    'to_server',
    ({ requestedAttributes }, index) => requestedAttributes.at(index),
  ),
  texts(
    'ldap.responses.attribute_type',
    'Attribute type in a response.',
    'to_client',
    ({ attributes }, index) => attributes.at(index),
  ),
];

/** A number from each response, growing as responses arrive. */
function growing(
  keyword: string,
  bits: 8 | 32,
  summary: string,
  of: (responses: readonly LdapMessage[]) => readonly number[],
  names?: Readonly<Record<string, number>>,
): ValueDeclaration<LdapTransaction> {
  return {
    keyword,
    bits,
    summary,
    direction: 'to_client',
    progress: STARTED,
    growing: true,
    get: ({ responses }, _, visible) => of(responses.slice(0, visible)),
    ...(names && { names }),
  };
}

export const VALUES: readonly ValueDeclaration<LdapTransaction>[] = [
  {
    keyword: 'ldap.request.operation',
    bits: 8,
    direction: 'to_server',
    progress: COMPLETE,
    summary: 'Operation of a request.',
    names: OPERATIONS,
    get: ({ request }) => (request ? [request.operation] : []),
  },
  growing(
    'ldap.responses.operation',
    8,
    'Operation of a response.',
    responses => responses.map(({ operation }) => operation),
    OPERATIONS,
  ),
  growing('ldap.responses.count', 32, 'Number of responses.', responses => [responses.length]),
  growing(
    'ldap.responses.result_code',
    32,
    'Result code of a response.',
    responses => responses.flatMap(({ result }) => (result ? [result.code] : [])),
    RESULT_CODES,
  ),
];
