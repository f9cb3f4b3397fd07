/** Keywords that ask something of the certificate that a server shows. */
import type { TestDeclaration } from '../../../engine/protocol.js';
import { SERVER_CERT_DONE, type TlsTransaction } from './transaction.js';

/** What a keyword asks. */
export interface CertificateQuestion<Value, Asked> {
  /** What of the certificate it is about; undefined where there is none: the keyword does not match then. */
  of(transaction: TlsTransaction): Value | undefined;
  /** Reads the keyword's argument. @throws Error saying what was expected */
  parse(argument: string | undefined): Asked;
  holds(value: Value, asked: Asked): boolean;
}

export function certificateTest<Value, Asked>(
  keyword: string,
  summary: string,
  { of, parse, holds }: CertificateQuestion<Value, Asked>,
): TestDeclaration<TlsTransaction> {
  return {
    keyword,
    summary,
    direction: 'to_client',
    progress: SERVER_CERT_DONE,
    parse,
    matches(transaction, _, parsed) {
      const value = of(transaction);
      return value !== undefined && holds(value, parsed as Asked);
    },
  };
}
