/** The observable part of a QUIC connection: its Initial packets, and hellos of Google's versions. */
import type { Session } from '../../../engine/application/session.js';
import { CryptoStream, readFrames } from './crypto-stream.js';
import { framesOfLong, framesOfPublic, readGoogleHello } from './google.js';
import { isGoogle, type LongHeader, readLongHeader, versionOf } from './packet.js';
import { InitialKeys } from './protection.js';
import { COMPLETE, type EVENTS, type QuicSettings, QuicTransaction } from './transaction.js';

type QuicSession = Session<QuicTransaction>;

const LONG = 0x80;
/** Maximum packets per datagram. */
const MAX_COALESCED_PACKETS = 16;

/** State of one side. */
interface Side {
  stream: CryptoStream;
  hasHello: boolean;
}

export class Connection {
  private keys: InitialKeys | undefined;
  /** The keys derived last, which may not be those of the connection: deriving them is expensive. */
  private derived: { version: number; destination: Buffer; keys: InitialKeys | undefined } | undefined;
  /** The client received a Retry: its next Initial packet uses other keys. */
  private retried = false;
  private reported = false;
  private readonly settings: QuicSettings;
  private readonly client: Side;
  private readonly server: Side;

  constructor(private readonly session: QuicSession) {
    this.settings = session.settings as QuicSettings;
    this.client = this.newSide();
    this.server = this.newSide();
  }

  datagram(bytes: Uint8Array, start: number, end: number, toServer: boolean): void {
    if (start >= end) return;
    if (!(bytes[start]! & LONG)) {
      const version = versionOf(bytes, start, end);
      if (version !== undefined) this.google(bytes, framesOfPublic(bytes, start), end, version, toServer);
      return;
    }
    let at = start;
    let first: LongHeader | undefined;
    for (let count = 0; at < end && bytes[at]! & LONG && count < MAX_COALESCED_PACKETS; count++) {
      const packet = readLongHeader(bytes, at, end);
      if (!packet) {
        if (count === 0) this.report(toServer, 'error_on_data');
        return;
      }
      first ??= packet;
      // Receivers ignore packets of another connection behind the first (RFC 9000 12.2).
      if (Buffer.compare(packet.destination, first.destination) === 0) this.packet(bytes, packet, toServer);
      at = packet.end;
    }
  }

  private packet(bytes: Uint8Array, packet: LongHeader, toServer: boolean): void {
    const { type, version, number, end } = packet;
    if (isGoogle(version)) this.google(bytes, framesOfLong(number), end, version, toServer);
    else if (type === 'retry' && !toServer && !this.server.hasHello) this.retried = true;
    else if (type === 'initial' && this.awaitsHello(toServer)) this.initial(bytes, packet, toServer);
  }

  /** Once the hellos are known, nothing more needs to be decrypted. */
  private awaitsHello(toServer: boolean): boolean {
    return toServer ? this.retried || !this.client.hasHello : !this.server.hasHello;
  }

  private initial(bytes: Uint8Array, packet: LongHeader, toServer: boolean): void {
    const { version, destination } = packet;
    if (toServer && (this.retried || !this.keys)) this.restart(this.keysOf(version, destination));
    if (!this.keys) return;
    let frames = this.keys.open(bytes, packet, toServer);
    if (!frames && toServer) {
      // A Retry packet may have been missed.
      const keys = this.keysOf(version, destination);
      if (keys !== this.keys) frames = keys?.open(bytes, packet, true);
      if (frames) this.restart(keys);
    }
    if (!frames) {
      this.report(toServer, 'failed_decrypt');
      return;
    }
    const side = toServer ? this.client : this.server;
    if (!readFrames(frames, side.stream)) this.report(toServer, 'error_on_data');
    else if (side.stream.isTooLong) this.report(toServer, 'crypto_frag_too_long');
    this.checkForHello(side, version, toServer);
  }

  private keysOf(version: number, destination: Uint8Array): InitialKeys | undefined {
    const { derived } = this;
    if (derived?.version === version && derived.destination.equals(destination)) return derived.keys;
    const keys = InitialKeys.of(version, destination);
    this.derived = { version, destination: Buffer.from(destination), keys };
    return keys;
  }

  private restart(keys: InitialKeys | undefined): void {
    this.keys = keys;
    this.retried = false;
    Object.assign(this.client, this.newSide());
  }

  private newSide(): Side {
    return { stream: new CryptoStream(this.settings.maxHelloLength), hasHello: false };
  }

  private checkForHello(side: Side, version: number, toServer: boolean): void {
    const hello = side.stream.hello(toServer);
    if (hello === undefined) return;
    side.hasHello = true;
    side.stream = new CryptoStream(this.settings.maxHelloLength);
    if (hello === 'none') return;
    this.addTransaction(
      new QuicTransaction(this.session.transactionCount, toServer, version, { hello }),
      toServer,
    );
  }

  /** Each packet of Google's versions is a transaction. */
  private google(bytes: Uint8Array, from: number, end: number, version: number, toServer: boolean): void {
    const google = toServer ? readGoogleHello(bytes, from, end, version) : undefined;
    const id = this.session.transactionCount;
    this.addTransaction(new QuicTransaction(id, toServer, version, google ? { google } : {}), toServer);
  }

  private addTransaction(transaction: QuicTransaction, toServer: boolean): void {
    this.session.begin(transaction);
    this.session.advance(transaction, toServer, COMPLETE);
  }

  /** Reported once per connection. */
  private report(toServer: boolean, event: (typeof EVENTS)[number]): void {
    if (this.reported) return;
    this.reported = true;
    const transaction = new QuicTransaction(this.session.transactionCount, toServer, undefined, {});
    this.session.begin(transaction);
    this.session.event(transaction, event);
    this.session.advance(transaction, toServer, COMPLETE);
  }
}
