/** Link layers: Ethernet and the layers between it and IP. */
import { concat, hex, mac, u8, u16, u24, u32 } from './bytes.js';
import type { Layer } from './layer.js';

export interface EthernetFields {
  source?: string;
  destination?: string;
  etherType?: number;
}

export function ethernet(fields: EthernetFields = {}): Layer {
  return {
    etherType: 0x6558,
    build: (payload, inner) =>
      concat(
        mac(fields.destination ?? '02:00:00:00:00:02'),
        mac(fields.source ?? '02:00:00:00:00:01'),
        u16(fields.etherType ?? inner?.etherType ?? 0),
        payload,
      ),
  };
}

/** A VLAN tag; `type` 0x8100 (802.1Q), 0x88a8 (802.1ad) or 0x9100 announces the tag itself. */
export function vlan(
  id: number,
  { type = 0x8100, priority = 0, etherType = undefined as number | undefined } = {},
): Layer {
  return {
    etherType: type,
    build: (payload, inner) =>
      concat(u16((priority << 13) | id), u16(etherType ?? inner?.etherType ?? 0), payload),
  };
}

/** 802.1ah (provider backbone bridging): service tag and the customer's Ethernet addresses. */
export function ieee8021ah({ isid = 1, etherType = undefined as number | undefined } = {}): Layer {
  return {
    etherType: 0x88e7,
    build: (payload, inner) =>
      concat(
        u32(isid),
        mac('02:00:00:00:00:04'),
        mac('02:00:00:00:00:03'),
        u16(etherType ?? inner?.etherType ?? 0),
        payload,
      ),
  };
}

/** Cisco VN-Tag. */
export function vntag(etherType?: number): Layer {
  return {
    etherType: 0x8926,
    build: (payload, inner) => concat(hex('00000000'), u16(etherType ?? inner?.etherType ?? 0), payload),
  };
}

/** 802.1BR E-Tag. */
export function etag(etherType?: number): Layer {
  return {
    etherType: 0x893f,
    build: (payload, inner) => concat(hex('000000000000'), u16(etherType ?? inner?.etherType ?? 0), payload),
  };
}

/** One MPLS label stack entry (RFC 3032); the last one has `bottom`. */
export function mpls(label: number, bottom = true): Layer {
  return {
    etherType: 0x8847,
    protocol: 137,
    build: payload => concat(u32(((label << 12) | (bottom ? 0x100 : 0) | 64) >>> 0), payload),
  };
}

/** PPPoE session (RFC 2516). */
export function pppoe({ session = 1, code = 0, length = undefined as number | undefined } = {}): Layer {
  return {
    etherType: 0x8864,
    build: (payload, inner) => {
      const body = inner?.pppProtocol === undefined ? payload : concat(u16(inner.pppProtocol), payload);
      return concat(u8(0x11), u8(code), u16(session), u16(length ?? body.length), body);
    },
  };
}

/** PPPoE discovery with raw tags. */
export function pppoeDiscovery(code: number, tags: Uint8Array): Layer {
  return { etherType: 0x8863, build: () => concat(u8(0x11), u8(code), u16(0), u16(tags.length), tags) };
}

/** PPP, with address and control fields unless `bare`. */
export function ppp({ protocol = undefined as number | undefined, bare = false } = {}): Layer {
  return {
    etherType: 0x880b,
    build: (payload, inner) =>
      concat(bare ? '' : hex('ff03'), u16(protocol ?? inner?.pppProtocol ?? 0), payload),
  };
}

/** Cisco HDLC. */
export function chdlc(etherType?: number): Layer {
  return { build: (payload, inner) => concat(hex('0f00'), u16(etherType ?? inner?.etherType ?? 0), payload) };
}

/** Linux cooked capture, version 1. */
export function sll(etherType?: number): Layer {
  return {
    build: (payload, inner) =>
      concat(hex('0000 0001 0006 020000000001 0000'), u16(etherType ?? inner?.etherType ?? 0), payload),
  };
}

/** Linux cooked capture, version 2. */
export function sll2(etherType?: number): Layer {
  return {
    build: (payload, inner) =>
      concat(
        u16(etherType ?? inner?.etherType ?? 0),
        hex('0000 00000001 0001 00 06 0200000000010000'),
        payload,
      ),
  };
}

/** BSD loopback: the address family in the host's byte order, little endian here. */
export function nullLoop(family = 2): Layer {
  return { build: payload => concat(Uint8Array.of(family, 0, 0, 0), payload) };
}

export interface ArpFields {
  hardware?: number;
  protocol?: number;
  hardwareSize?: number;
  protocolSize?: number;
  operation?: number;
}

/** ARP for IPv4 over Ethernet (RFC 826). */
export function arp(fields: ArpFields = {}): Layer {
  const { hardware = 1, protocol = 0x0800, hardwareSize = 6, protocolSize = 4, operation = 1 } = fields;
  return {
    etherType: 0x0806,
    build: payload =>
      concat(
        u16(hardware),
        u16(protocol),
        u8(hardwareSize),
        u8(protocolSize),
        u16(operation),
        hex('020000000001 0a000001 000000000000 0a000002'),
        payload,
      ),
  };
}

/** Network Service Header (RFC 8300), MD type 2 without metadata. */
export function nsh({
  next = undefined as number | undefined,
  lengthWords = 2,
  mdType = 2,
  version = 0,
} = {}): Layer {
  return {
    etherType: 0x894f,
    build: (payload, inner) =>
      concat(
        u16((version << 14) | lengthWords),
        u8(mdType),
        u8(next ?? nshProtocol(inner)),
        u24(1),
        u8(255),
        payload,
      ),
  };
}

function nshProtocol(inner: Layer | undefined): number {
  if (inner?.etherType === 0x0800) return 1;
  if (inner?.etherType === 0x86dd) return 2;
  return inner?.etherType === 0x6558 ? 3 : 0;
}
