/** The QUIC connections between two sockets: their Initial packets, and hellos of Google's versions. */
import type { Session } from '../../../engine/application/session.js';
import { Connection, type Side } from './connection.js';
import { framesOfLong, framesOfPublic, readGoogleHello } from './google.js';
import { isGoogle, type LongHeader, readLongHeader, versionOf } from './packet.js';
import { InitialKeys } from './protection.js';
import { COMPLETE, type EVENTS, type QuicSettings, QuicTransaction } from './transaction.js';

type QuicSession = Session<QuicTransaction>;

const LONG = 0x80;
/** Maximum packets per datagram. */
const MAX_COALESCED_PACKETS = 16;
/** Minimum size of a datagram that contains an Initial packet (RFC 9000 14.1). */
const MIN_DATAGRAM = 1200;

export class Connections {
  /** The newest first. A client begins another after a Retry or version negotiation, or at will. */
  private readonly connections: Connection[] = [];
  /** The keys derived last: deriving them is expensive. */
  private derived: { version: number; destination: Buffer; keys: InitialKeys | undefined } | undefined;
  private reported = false;
  private readonly settings: QuicSettings;

  constructor(private readonly session: QuicSession) {
    this.settings = session.settings as QuicSettings;
  }

  datagram(bytes: Uint8Array, start: number, end: number, toServer: boolean): void {
    if (start >= end) return;
    if (!(bytes[start]! & LONG)) {
      const version = versionOf(bytes, start, end);
      if (version !== undefined) this.google(bytes, framesOfPublic(bytes, start), end, version, toServer);
      return;
    }
    const isSmall = end - start < MIN_DATAGRAM;
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
      if (Buffer.compare(packet.destination, first.destination) === 0)
        this.packet(bytes, packet, toServer, isSmall);
      at = packet.end;
    }
  }

  private packet(bytes: Uint8Array, packet: LongHeader, toServer: boolean, isSmall: boolean): void {
    const { type, version, number, end } = packet;
    if (isGoogle(version)) this.google(bytes, framesOfLong(number), end, version, toServer);
    else if (type === 'initial' && toServer) this.clientInitial(bytes, packet, isSmall);
    else if (type === 'initial') this.serverInitial(bytes, packet);
  }

  private clientInitial(bytes: Uint8Array, packet: LongHeader, isSmall: boolean): void {
    const { connections } = this;
    const known = connections.find(connection => connection.beganWith(packet));
    if (known) {
      const side = known.clientSide(isSmall);
      if (side.awaitsHello && !this.read(known, side, bytes, packet, true))
        this.report(true, 'failed_decrypt');
      return;
    }
    // Once the server has answered, the client uses the identifier it chose.
    if (connections.some(each => this.read(each, each.clientSide(isSmall), bytes, packet, true))) return;
    const another = this.begin(packet);
    if (another && this.read(another, another.clientSide(isSmall), bytes, packet, true)) this.keep(another);
    else if (another && !connections.some(({ hasClientHello }) => hasClientHello))
      this.report(true, 'failed_decrypt');
  }

  private serverInitial(bytes: Uint8Array, packet: LongHeader): void {
    const { connections } = this;
    if (connections.some(each => this.read(each, each.server, bytes, packet, false))) return;
    if (connections.length > 0 && connections.every(({ server }) => server.awaitsHello))
      this.report(false, 'failed_decrypt');
  }

  /** @returns false if the packet cannot be decrypted, or nothing more is awaited from this side */
  private read(
    connection: Connection,
    side: Side,
    bytes: Uint8Array,
    packet: LongHeader,
    toServer: boolean,
  ): boolean {
    const frames = side.awaitsHello ? connection.open(bytes, packet, toServer) : undefined;
    if (!frames) return false;
    const error = side.read(frames);
    if (error) this.report(toServer, error);
    const hello = side.takeHello(toServer);
    if (hello) {
      const id = this.session.transactionCount;
      this.addTransaction(new QuicTransaction(id, toServer, packet.version, { hello }), toServer);
    }
    return true;
  }

  /** @returns undefined for unsupported versions */
  private begin({ version, destination }: LongHeader): Connection | undefined {
    const keys = this.keysOf(version, destination);
    return keys && new Connection(version, Buffer.from(destination), keys, this.settings.maxHelloLength);
  }

  private keep(connection: Connection): void {
    this.connections.unshift(connection);
    if (this.connections.length > this.settings.maxConnections) this.connections.pop();
  }

  private keysOf(version: number, destination: Uint8Array): InitialKeys | undefined {
    const { derived } = this;
    if (derived?.version === version && derived.destination.equals(destination)) return derived.keys;
    const keys = InitialKeys.of(version, destination);
    this.derived = { version, destination: Buffer.from(destination), keys };
    return keys;
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

  /** Reported once per flow. */
  private report(toServer: boolean, event: (typeof EVENTS)[number]): void {
    if (this.reported) return;
    this.reported = true;
    const transaction = new QuicTransaction(this.session.transactionCount, toServer, undefined, {});
    this.session.begin(transaction);
    this.session.event(transaction, event);
    this.session.advance(transaction, toServer, COMPLETE);
  }
}
