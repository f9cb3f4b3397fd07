/** The observable part of one QUIC connection: its keys, and the hellos of both sides. */
import type { Hello } from '../tls/hello.js';
import { CryptoStream, readFrames } from './crypto-stream.js';
import type { LongHeader } from './packet.js';
import { InitialKeys } from './protection.js';

export class Connection {
  readonly server: Side;
  private readonly client: Side;
  /** The client's packets that a server discards. */
  private readonly discarded: Side;
  /** Keys of the version the server changed to (RFC 9368 4). */
  private changed: { readonly version: number; readonly keys: InitialKeys | undefined } | undefined;

  /** @param destination connection identifier in the client's first Initial packet */
  constructor(
    private readonly version: number,
    private readonly destination: Buffer,
    private readonly keys: InitialKeys,
    limit: number,
  ) {
    this.client = new Side(limit);
    this.discarded = new Side(limit);
    this.server = new Side(limit);
  }

  /** Whether it began with a packet of this version to this destination. */
  beganWith({ version, destination }: LongHeader): boolean {
    return version === this.version && this.destination.equals(destination);
  }

  /**
   * The state of the client: servers discard Initial packets in small datagrams (RFC 9000 14.1), so that their
   * contents are kept apart.
   */
  clientSide(isSmall: boolean): Side {
    return isSmall ? this.discarded : this.client;
  }

  get hasClientHello(): boolean {
    return !this.client.awaitsHello || !this.discarded.awaitsHello;
  }

  /** @returns the frames of an Initial packet, or undefined if it is not of this connection */
  open(bytes: Uint8Array, packet: LongHeader, toServer: boolean): Uint8Array | undefined {
    return this.keysFor(packet.version, toServer)?.open(bytes, packet, toServer);
  }

  private keysFor(version: number, toServer: boolean): InitialKeys | undefined {
    if (version === this.version) return this.keys;
    if (toServer) return undefined;
    if (this.changed?.version !== version)
      this.changed = { version, keys: InitialKeys.of(version, this.destination) };
    return this.changed.keys;
  }
}

/** What one side sends before its hello is complete. */
export class Side {
  /** Undefined once the hello is known: nothing more needs to be decrypted. */
  private stream: CryptoStream | undefined;

  /** @param limit maximum bytes of a hello */
  constructor(limit: number) {
    this.stream = new CryptoStream(limit);
  }

  get awaitsHello(): boolean {
    return this.stream !== undefined;
  }

  /** @returns what is wrong with the frames of a packet */
  read(frames: Uint8Array): 'error_on_data' | 'crypto_frag_too_long' | undefined {
    const { stream } = this;
    if (!stream) return undefined;
    if (!readFrames(frames, stream)) return 'error_on_data';
    return stream.isTooLong ? 'crypto_frag_too_long' : undefined;
  }

  /** Returns the hello, once, as soon as it is complete. */
  takeHello(toServer: boolean): Hello | undefined {
    const hello = this.stream?.hello(toServer);
    if (hello === undefined) return undefined;
    this.stream = undefined;
    return hello === 'none' ? undefined : hello;
  }
}
