/** tls.store: saves the certificates of matching flows in the certificate store. */
import type { Inspection } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';

/** Store: the certificate store, if an output provides one. */
export const CERTIFICATE_STORE = 'certificate-store';

export interface CertificateStore {
  /** Saves the certificates of the current transaction, each once. */
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
