/** Keywords that test a property of the server's certificate. */
import type { TestDeclaration } from '../../../engine/protocol.js';
import { SERVER_CERT_DONE, type TlsTransaction } from './transaction.js';

/** The test of a keyword. */
export interface CertificateCondition<Value, Asked> {
  /** The tested property of the certificate; undefined if there is none: the keyword does not match then. */
  of(transaction: TlsTransaction): Value | undefined;
  /** Parses the keyword's argument. @throws Error saying what was expected */
  parse(argument: string | undefined): Asked;
  holds(value: Value, asked: Asked): boolean;
}

export function certificateTest<Value, Asked>(
  keyword: string,
  summary: string,
  grammar: string,
  { of, parse, holds }: CertificateCondition<Value, Asked>,
): TestDeclaration<TlsTransaction> {
  return {
    keyword,
    summary,
    grammar,
    direction: 'to_client',
    progress: SERVER_CERT_DONE,
    parse,
    matches(transaction, _, parsed) {
      const value = of(transaction);
      return value !== undefined && holds(value, parsed as Asked);
    },
  };
}
