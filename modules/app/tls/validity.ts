/** Keywords for the validity period of a certificate. */
import type { TestDeclaration } from '../../../engine/protocol.js';
import { certificateTest } from './certificate-test.js';
import { SERVER_CERT_DONE, type TlsTransaction } from './transaction.js';

type Test = TestDeclaration<TlsTransaction>;

/** Seconds since the epoch, both ends excluded: `<2020-01-01`, `>…`, `A<>B`. */
interface DateRange {
  readonly after: number;
  readonly before: number;
}

/** Later than any date; compiled rules are kept as JSON, which has no Infinity. */
const FAR = Number.MAX_SAFE_INTEGER;
const EXPECTED = 'expected a date such as 2020-01-31T10:00, with < or >, or a range with <>';

function dateRange(argument: string | undefined): DateRange {
  const text = (argument ?? '').trim();
  const [from, to, ...rest] = text.split('<>').map(each => each.trim());
  if (rest.length > 0) throw new Error(EXPECTED);
  if (to !== undefined) return between(seconds(from!), seconds(to));
  if (text.startsWith('<')) return { after: -FAR, before: seconds(text.slice(1).trim()) };
  if (text.startsWith('>')) return { after: seconds(text.slice(1).trim()), before: FAR };
  const date = seconds(text);
  return { after: date - 1, before: date + 1 };
}

function between(after: number, before: number): DateRange {
  if (before <= after) throw new Error('the start of the range is after its end');
  return { after, before };
}

/** `YYYY[-MM[-DD[THH[:MM[:SS]]]]]` in UTC, with T or a blank; or seconds since the epoch. */
const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d))?)?)?)?)?$/;

function seconds(text: string): number {
  if (/^\d{5,11}$/.test(text)) return Number(text);
  const match = DATE.exec(text);
  if (!match) throw new Error(EXPECTED);
  const [year, month, day, hour, minute, second] = match
    .slice(1)
    .map((part, i) => Number(part ?? (i < 3 ? 1 : 0)));
  if (month! < 1 || month! > 12 || day! < 1 || day! > 31 || hour! > 23 || minute! > 59 || second! > 60)
    throw new Error(`invalid date ${text}`);
  return Date.UTC(year!, month! - 1, day, hour, minute, second) / 1000;
}

function dateKeyword(
  keyword: string,
  summary: string,
  of: (transaction: TlsTransaction) => number | undefined,
): Test {
  return certificateTest(keyword, summary, '[<|>]date | date<>date', {
    of,
    parse: dateRange,
    holds: (value, { after, before }) => value > after && value < before,
  });
}

/** Whether the certificate had expired when it was sent. */
function expiry(keyword: string, summary: string, expired: boolean): Test {
  return {
    keyword,
    summary,
    direction: 'to_client',
    progress: SERVER_CERT_DONE,
    plain: true,
    parse: () => undefined,
    matches({ server }) {
      const { certificate, shownAt } = server;
      return certificate !== undefined && certificate.notAfter < shownAt === expired;
    },
  };
}

export const validityTests: readonly Test[] = [
  dateKeyword(
    'tls_cert_notbefore',
    "Start of the certificate's validity.",
    ({ server }) => server.certificate?.notBefore,
  ),
  dateKeyword(
    'tls_cert_notafter',
    "End of the certificate's validity.",
    ({ server }) => server.certificate?.notAfter,
  ),
  expiry('tls_cert_expired', 'The certificate has expired.', true),
  expiry('tls_cert_valid', 'The certificate has not expired.', false),
];
