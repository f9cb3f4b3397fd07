/** Certificates presented by one side of a session, for the certificate store. */
export interface CertificateChain {
  /** As sent (DER), the leaf certificate first. */
  readonly chain: readonly Uint8Array[];
  /** Of the leaf certificate. */
  readonly subject: string;
  readonly issuer: string;
  /** SHA-1, as hexadecimal digits separated by colons. */
  readonly fingerprint: string;
}
