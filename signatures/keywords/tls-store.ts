/** tls.store: keeps the certificates of what matched in the certificate store. */
import type { Inspection } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';

/** Store: the certificate store, where the outputs have one. */
export const CERTIFICATE_STORE = 'certificate-store';

export interface CertificateStore {
  /** Keeps the certificates of the transaction in hand, once each. */
  keep(at: Inspection): void;
}

export const tlsStoreKeywords: readonly Keyword[] = [
  {
    name: 'tls.store',
    aliases: ['tls_store'],
    family: 'tls',
    summary: 'Stores the certificates of the match in the certificate store.',
    grammar: '',
    features: ['no option'],
    parse: rule => rule.addEffect({ kind: 'tls.store' }),
  },
];

export const tlsStoreCompilers: readonly MatchCompiler[] = [
  {
    kind: 'tls.store',
    compile(_, { stores }) {
      const store = stores.get(CERTIFICATE_STORE) as CertificateStore | undefined;
      return at => {
        store?.keep(at);
        return true;
      };
    },
  },
];
