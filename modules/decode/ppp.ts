/** PPP (RFC 1661, 1662). */
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';
import { decodeMpls } from './mpls.js';

const MIN_LENGTH = 4;
/** Protocols from here on control the link and its networks, and authenticate (RFC 1661 section 2). */
const CONTROL = 0x8000;

/** A PPP frame, with or without address and control fields. @returns false when it is truncated */
export function decodePpp(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.PPP]!++;
  if (end - at < MIN_LENGTH) return d.invalid(p, Events.PPP_PKT_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  const framed = d.bytes[at] === 0xff && d.bytes[at + 1] === 0x03;
  decodePppProtocol(d, p, framed ? at + 2 : at, end);
  return true;
}

/** Decodes from the protocol field on; it is one byte when its first byte is odd (RFC 1661 section 6.5). */
export function decodePppProtocol(d: Decoding, p: number, at: number, end: number): boolean {
  const first = d.bytes[at]!;
  if (first & 1) return decodePppPayload(d, p, first, at + 1, end);
  if (end - at < 2) return d.invalid(p, Events.PPP_PKT_TOO_SMALL);
  return decodePppPayload(d, p, d.u16(at), at + 2, end);
}

function decodePppPayload(d: Decoding, p: number, protocol: number, at: number, end: number): boolean {
  const length = end - at;
  switch (protocol) {
    case 0x0021:
      if (length < 20) return d.invalid(p, Events.PPP_IP4_PKT_TOO_SMALL);
      return decodeIpv4(d, p, at, end);
    case 0x0057:
      if (length < 40) return d.invalid(p, Events.PPP_IP6_PKT_TOO_SMALL);
      return decodeIpv6(d, p, at, end);
    case 0x002f: // Van Jacobson, not compressed: IPv4 whose protocol field holds a slot number
      if (length < 40) return d.invalid(p, Events.PPP_VJU_PKT_TOO_SMALL);
      return d.bytes[at]! >> 4 !== 4 || decodeIpv4(d, p, at, end);
    case 0x0281: // unicast
    case 0x0283: // multicast
      return decodeMpls(d, p, at, end);
    default:
      if (protocol >= CONTROL) return true;
      if (isUnsupported(protocol)) return d.event(p, Events.PPP_UNSUP_PROTO);
      return d.invalid(p, Events.PPP_WRONG_TYPE);
  }
}

/** Registered PPP protocols whose packets are not decoded. */
function isUnsupported(protocol: number): boolean {
  switch (protocol) {
    case 0x0023: // OSI
    case 0x0025: // XNS
    case 0x0027: // DECnet
    case 0x0029: // AppleTalk
    case 0x002b: // IPX
    case 0x002d: // Van Jacobson, compressed
    case 0x0031: // bridging
    case 0x0033: // Stream protocol
    case 0x0035: // Vines
    case 0x003d: // multilink
    case 0x0049: // NetBEUI
    case 0x004b: // SNA
    case 0x0053: // encryption
    case 0x00fb: // compression on one link
    case 0x00fd: // compression
    case 0x0207: // Cisco discovery
      return true;
    default:
      return false;
  }
}
