/**
 * Packets from layers, from the outside in:
 *
 *     packet(ethernet(), ipv4({ source: '10.0.0.1' }), tcp({ flags: 'S' }), 'payload')
 *
 * Lengths, checksums and "next protocol" fields are filled in unless a layer sets them.
 */
import { type Bytes, bytes } from './bytes.js';

export interface Layer {
  /** Values with which an Ethernet-like header, an IP-like header and PPP announce this layer. */
  readonly etherType?: number;
  readonly protocol?: number;
  readonly pppProtocol?: number;
  /** Pseudo header for the checksums of inner layers (RFC 9293 section 3.1, RFC 8200 section 8.1). */
  pseudoHeader?(protocol: number, length: number): Uint8Array;
  /**
   * @param payload the bytes of all inner layers
   * @param inner the next layer inside, if there is one
   * @param outer the nearest layer outside that has a pseudo header
   */
  build(payload: Uint8Array, inner: Layer | undefined, outer: Layer | undefined): Uint8Array;
}

export type Part = Layer | Bytes;

function isLayer(part: Part | undefined): part is Layer {
  return typeof part === 'object' && 'build' in part;
}

/** The bytes of a packet: layers from the outside in, and bytes or text anywhere among them. */
export function packet(...parts: Part[]): Uint8Array {
  let payload: Uint8Array = new Uint8Array(0);
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i]!;
    if (isLayer(part)) {
      const next = parts[i + 1];
      payload = part.build(payload, isLayer(next) ? next : undefined, networkLayerBefore(parts, i));
    } else {
      payload = joined(bytes(part), payload);
    }
  }
  return payload;
}

function networkLayerBefore(parts: Part[], index: number): Layer | undefined {
  return parts
    .slice(0, index)
    .findLast((part): part is Layer => isLayer(part) && part.pseudoHeader !== undefined);
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const whole = new Uint8Array(left.length + right.length);
  whole.set(left);
  whole.set(right, left.length);
  return whole;
}
