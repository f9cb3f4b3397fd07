/** The contents of one packet of a QUIC connection. */
import { OneSidedTransaction } from '../../../engine/protocol.js';
import { type Fingerprint, ja3, ja3s, ja4 } from '../tls/fingerprint.js';
import type { Hello } from '../tls/hello.js';
import type { GoogleHello } from './google.js';
import { isGoogle } from './packet.js';

export const COMPLETE = 1;
export const EVENTS = ['failed_decrypt', 'error_on_data', 'crypto_frag_too_long'] as const;

export interface QuicSettings {
  /** Maximum bytes of a hello that are reassembled. */
  readonly maxHelloLength: number;
  /** Maximum connections of a flow whose packets are decrypted. */
  readonly maxConnections: number;
  readonly ja3: boolean;
  readonly ja4: boolean;
}

export class QuicTransaction extends OneSidedTransaction {
  readonly hello: Hello | undefined;
  readonly google: GoogleHello | undefined;
  private ja3Of: Fingerprint | undefined;
  private ja4Of: string | undefined;

  constructor(
    id: number,
    toServer: boolean,
    readonly version: number | undefined,
    contents: { readonly hello?: Hello; readonly google?: GoogleHello },
  ) {
    super(id, toServer);
    this.hello = contents.hello;
    this.google = contents.google;
  }

  get serverName(): Uint8Array | undefined {
    return this.hello?.serverName ?? this.google?.serverName;
  }

  /** JA3 of a client, JA3S of a server. */
  get ja3(): Fingerprint | undefined {
    if (this.hello) this.ja3Of ??= this.toServer ? ja3(this.hello) : ja3s(this.hello);
    return this.ja3Of;
  }

  get ja4(): string | undefined {
    if (this.hello && this.toServer) this.ja4Of ??= ja4(this.hello, 'q');
    return this.ja4Of;
  }

  /** `1`, `6b3343cf`, `Q046`. */
  get versionText(): string | undefined {
    const { version } = this;
    if (version === undefined) return undefined;
    return isGoogle(version) ? this.versionBytes!.toString('latin1') : version.toString(16);
  }

  /** As encoded in packets: four bytes. */
  get versionBytes(): Buffer | undefined {
    if (this.version === undefined) return undefined;
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.version);
    return bytes;
  }
}
