/** Entry point of decoding: the link type of the capture. */
import * as LinkType from '../../engine/packet/link-type.js';
import { decodeChdlc } from './chdlc.js';
import type { Decoding } from './decoding.js';
import { decodeEthernet } from './ethernet.js';
import { decodeGre } from './gre.js';
import { decodeSll, decodeSll2 } from './linux-cooked.js';
import { decodeNull } from './null-loop.js';
import { decodePpp } from './ppp.js';
import { decodeRaw } from './raw.js';

export function decodeLinkLayer(d: Decoding, p: number, linkType: number, at: number, end: number): boolean {
  switch (linkType) {
    case LinkType.ETHERNET:
      return decodeEthernet(d, p, at, end);
    case LinkType.RAW:
    case LinkType.RAW_BSD:
    case LinkType.RAW_OPENBSD:
    case LinkType.IPV4:
    case LinkType.IPV6:
      return decodeRaw(d, p, at, end);
    case LinkType.NULL:
    case LinkType.LOOP:
      return decodeNull(d, p, at, end);
    case LinkType.LINUX_SLL:
      return decodeSll(d, p, at, end);
    case LinkType.LINUX_SLL2:
      return decodeSll2(d, p, at, end);
    case LinkType.PPP:
    case LinkType.PPP_SERIAL:
      return decodePpp(d, p, at, end);
    case LinkType.C_HDLC:
      return decodeChdlc(d, p, at, end);
    case LinkType.GRE:
      return decodeGre(d, p, at, end);
    default:
      d.thread.warnOnce(`unknown link type ${linkType}: its packets are not decoded`);
      return false;
  }
}
