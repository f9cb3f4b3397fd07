/** Certificates that one side showed: what the certificate store keeps of a conversation. */
export interface CertificateChain {
  /** As sent (DER), the side's own first. */
  readonly chain: readonly Uint8Array[];
  /** Of the side's own. */
  readonly subject: string;
  readonly issuer: string;
  /** SHA-1, as hexadecimal digits between colons. */
  readonly fingerprint: string;
}
