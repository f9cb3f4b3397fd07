/**
 * Recognises application protocols by the first bytes of each direction: by patterns on any port, and by probing on the
 * ports of a protocol.
 */
import type { Config } from '../config/config.js';
import type { Protocol, RecognitionPattern } from '../protocol.js';
import { isProbedOver, probingPorts } from './probing.js';

export type Transport = 'tcp' | 'udp';

/** A protocol, or `more` if further bytes could decide, or `none` if no known protocol matches. */
export type Recognised = { readonly protocol: Protocol; readonly reversed: boolean } | 'more' | 'none';

/** Bytes after which recognition of a direction stops. */
export const MAX_RECOGNITION_BYTES = 2048;

interface ProtocolPattern {
  readonly protocol: Protocol;
  readonly pattern: RecognitionPattern;
}

const NO_PROTOCOLS: readonly Protocol[] = [];

export class Recogniser {
  private readonly byPattern: ProtocolPattern[] = [];
  /** For each first byte, the patterns that can match, in their order. */
  private readonly byFirstByte: readonly (readonly ProtocolPattern[])[];
  private readonly byPort: Readonly<Record<Transport, Map<number, Protocol[]>>> = {
    tcp: new Map(),
    udp: new Map(),
  };
  /** Bytes covered by the longest pattern. */
  private readonly patternDepth: number;

  constructor(protocols: readonly Protocol[], config: Config) {
    for (const protocol of protocols) this.add(protocol, config);
    this.byFirstByte = Array.from({ length: 256 }, (_, byte) =>
      this.byPattern.filter(({ pattern }) => canBeginWith(pattern, byte)),
    );
    this.patternDepth = Math.max(0, ...this.byPattern.map(({ pattern }) => depthOf(pattern)));
  }

  private add(protocol: Protocol, config: Config): void {
    for (const pattern of protocol.recognition.patterns ?? []) this.byPattern.push({ protocol, pattern });
    for (const transport of protocol.transports) {
      if (!isProbedOver(protocol, transport, config)) continue;
      for (const port of probingPorts(protocol, transport, config)) {
        const ports = this.byPort[transport];
        ports.set(port, [...(ports.get(port) ?? []), protocol]);
      }
    }
  }

  /**
   * Looks at the first bytes of one direction.
   * @param clientPort is tried if no protocol of the server's port matches: the first packet may be from a server, to a
   * port of another protocol
   * @param other protocol of the other direction if known: its probe is called on any port
   */
  recognise(
    transport: Transport,
    toServer: boolean,
    serverPort: number,
    clientPort: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    other?: Protocol,
  ): Recognised {
    const matched = this.matchPatterns(transport, toServer, bytes, start, end, other);
    if (matched) return matched;
    const result = other?.recognition.probe?.(bytes, start, end, toServer, transport);
    if (result === 'yes') return { protocol: other!, reversed: false };
    const reversed = this.matchReversed(transport, toServer, bytes, start, end);
    if (reversed) return { protocol: reversed, reversed: true };
    const atServer = this.probePort(serverPort, transport, toServer, bytes, start, end);
    if (typeof atServer === 'object') return atServer;
    const atClient = this.probePort(clientPort, transport, toServer, bytes, start, end);
    if (typeof atClient === 'object') return atClient;
    const more =
      result === 'more' ||
      atServer === 'more' ||
      atClient === 'more' ||
      (transport === 'tcp' && end - start < this.patternDepth && this.couldMatch(bytes, start, end));
    return more && end - start < MAX_RECOGNITION_BYTES ? 'more' : 'none';
  }

  /** Result of the probes of protocols with this server port. */
  private probePort(
    port: number,
    transport: Transport,
    toServer: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Recognised {
    let result: Recognised = 'none';
    for (const protocol of this.byPort[transport].get(port) ?? NO_PROTOCOLS) {
      const answer = protocol.recognition.probe?.(bytes, start, end, toServer, transport) ?? 'no';
      if (answer === 'yes') return { protocol, reversed: false };
      if (answer === 'yes-but-reversed') return { protocol, reversed: true };
      if (answer === 'more') result = 'more';
    }
    return result;
  }

  /** Whether this is a server port of any known protocol. */
  isServerPort(transport: Transport, port: number): boolean {
    return this.byPort[transport].has(port);
  }

  private matchPatterns(
    transport: Transport,
    toServer: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
    other: Protocol | undefined,
  ): Recognised | undefined {
    if (end <= start) return undefined;
    let first: Recognised | undefined;
    for (const { protocol, pattern } of this.byFirstByte[bytes[start]!]!) {
      if (pattern.toServer !== toServer || !protocol.transports.includes(transport)) continue;
      if (other && pattern.notBeside === other.name) continue;
      // After a match by pattern alone, a later pattern may be confirmed by a probe: `OPTIONS` begins lines of HTTP and
      // SIP.
      if (first && !protocol.recognition.probe) continue;
      if (!patternMatches(pattern, bytes, start, end)) continue;
      const answer = confirmedByProbe(protocol, bytes, start, end, toServer, transport);
      if (!answer) continue;
      if (protocol.recognition.probe) return answer === 'more' && first ? first : answer;
      first = answer;
    }
    return first;
  }

  /** Patterns of the other direction: the first packet seen came from the server (picked up midstream). */
  private matchReversed(
    transport: Transport,
    toServer: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Protocol | undefined {
    if (end <= start) return undefined;
    for (const { protocol, pattern } of this.byFirstByte[bytes[start]!]!) {
      if (pattern.toServer === toServer || !protocol.transports.includes(transport)) continue;
      if (!patternMatches(pattern, bytes, start, end)) continue;
      if (protocol.recognition.probe?.(bytes, start, end, !toServer, transport) !== 'no') return protocol;
    }
    return undefined;
  }

  /** Whether further bytes could complete a pattern, of this direction or of the other. */
  private couldMatch(bytes: Uint8Array, start: number, end: number): boolean {
    const possible = end > start ? this.byFirstByte[bytes[start]!]! : this.byPattern;
    return possible.some(({ pattern }) => canBeCompleted(pattern, bytes, start, end));
  }
}

/** If the protocol has a probe, a pattern match must be confirmed by it. */
function confirmedByProbe(
  protocol: Protocol,
  bytes: Uint8Array,
  start: number,
  end: number,
  toServer: boolean,
  transport: Transport,
): Recognised | undefined {
  const answer = protocol.recognition.probe?.(bytes, start, end, toServer, transport) ?? 'yes';
  if (answer === 'no') return undefined;
  if (answer === 'more') return 'more';
  return { protocol, reversed: answer === 'yes-but-reversed' };
}

/** Patterns at offset 0 determine the first byte. */
function canBeginWith(pattern: RecognitionPattern, byte: number): boolean {
  const { bytes, offset = 0, nocase } = pattern;
  if (offset > 0 || bytes.length === 0 || depthOf(pattern) > bytes.length) return true;
  const first = bytes.charCodeAt(0);
  return byte === first || (nocase === true && lower(byte) === lower(first));
}

function depthOf({ bytes, offset = 0, depth }: RecognitionPattern): number {
  return depth ?? offset + bytes.length;
}

function patternMatches(pattern: RecognitionPattern, bytes: Uint8Array, start: number, end: number): boolean {
  const { bytes: wanted, offset = 0 } = pattern;
  const last = Math.min(end, start + depthOf(pattern)) - wanted.length;
  for (let context = start + offset; context <= last; context++) {
    if (matchesAt(pattern, bytes, context, wanted.length)) return true;
  }
  return false;
}

function canBeCompleted(pattern: RecognitionPattern, bytes: Uint8Array, start: number, end: number): boolean {
  const { bytes: wanted, offset = 0 } = pattern;
  const last = start + depthOf(pattern) - wanted.length;
  for (let context = Math.max(start + offset, end - wanted.length + 1); context <= last; context++) {
    if (context >= end || matchesAt(pattern, bytes, context, end - context)) return true;
  }
  return false;
}

function matchesAt(
  { bytes: wanted, nocase }: RecognitionPattern,
  bytes: Uint8Array,
  context: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) {
    const byte = bytes[context + i]!;
    const want = wanted.charCodeAt(i);
    if (byte !== want && !(nocase && lower(byte) === lower(want))) return false;
  }
  return true;
}

const lower = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte);
