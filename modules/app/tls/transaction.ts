/** The only transaction of a TLS connection: its handshake. Expensive values are computed on demand. */
import type { CertificateChain } from '../../../engine/certificate-chain.js';
import { TwoSidedTransaction } from '../../../engine/protocol.js';
import { type Certificate, CertificateCache, type CertificateProblem } from './certificate.js';
import { type Fingerprint, ja3, ja3s, ja4 } from './fingerprint.js';
import type { Hello } from './hello.js';

export const CLIENT_PROGRESS = [
  'client_in_progress',
  'client_hello_done',
  'client_cert_done',
  'client_handshake_done',
  'client_finished',
] as const;
export const SERVER_PROGRESS = [
  'server_in_progress',
  'server_hello',
  'server_cert_done',
  'server_hello_done',
  'server_handshake_done',
  'server_finished',
] as const;

export const CLIENT_HELLO_DONE = 1;
export const CLIENT_CERT_DONE = 2;
export const CLIENT_HANDSHAKE_DONE = 3;
export const CLIENT_FINISHED = 4;
export const SERVER_HELLO = 1;
export const SERVER_CERT_DONE = 2;
export const SERVER_HELLO_DONE_PROGRESS = 3;
export const SERVER_HANDSHAKE_DONE = 4;

const certificates = new CertificateCache();

/** What one side has revealed in the handshake. */
export class Peer {
  hello: Hello | undefined;
  /** Certificates as sent, the peer's own first. */
  chain: readonly Uint8Array[] = [];
  /** When they were sent, seconds since the epoch. */
  shownAt = 0;
  /** Further messages are encrypted. */
  encrypted = false;
  /** Length of an encrypted heartbeat without an answer yet, 0 if none. */
  heartbeat = 0;
  private parsed: Certificate | CertificateProblem | undefined;

  /** The peer's own certificate, if it can be parsed. */
  get certificate(): Certificate | undefined {
    const read = this.readCertificate();
    return typeof read === 'object' ? read : undefined;
  }

  /** The error in the peer's own certificate. */
  get certificateProblem(): CertificateProblem | undefined {
    const read = this.readCertificate();
    return typeof read === 'string' ? read : undefined;
  }

  private readCertificate(): Certificate | CertificateProblem | undefined {
    if (this.parsed === undefined && this.chain[0]) this.parsed = certificates.read(this.chain[0]);
    return this.parsed;
  }
}

export class TlsTransaction extends TwoSidedTransaction {
  /** The protocol of the flow before (STARTTLS and the like). */
  fromProtocol: string | undefined;
  readonly client = new Peer();
  readonly server = new Peer();
  /** Negotiated version; the client's until the server has answered. */
  version = 0;
  resumed = false;
  /** The server requests a certificate from the client. */
  asksClient = false;

  /** @param alertMembers members that alerts contain */
  constructor(readonly alertMembers: ReadonlySet<string>) {
    super(0);
  }

  private clientJa3: Fingerprint | undefined;
  private serverJa3: Fingerprint | undefined;
  private clientJa4: string | undefined;

  get ja3(): Fingerprint | undefined {
    if (!this.clientJa3 && this.client.hello) this.clientJa3 = ja3(this.client.hello);
    return this.clientJa3;
  }

  get ja3s(): Fingerprint | undefined {
    if (!this.serverJa3 && this.server.hello) this.serverJa3 = ja3s(this.server.hello);
    return this.serverJa3;
  }

  get ja4(): string | undefined {
    if (!this.clientJa4 && this.client.hello) this.clientJa4 = ja4(this.client.hello);
    return this.clientJa4;
  }

  certificates(ofClient: boolean): CertificateChain | undefined {
    const { chain, certificate } = this.peer(ofClient);
    return chain.length === 0 || !certificate ? undefined : { chain, ...certificate };
  }

  peer(client: boolean): Peer {
    return client ? this.client : this.server;
  }
}
