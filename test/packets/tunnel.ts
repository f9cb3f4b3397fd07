/** Tunnels: GRE, ERSPAN, VXLAN, Geneve. IP in IP needs nothing of its own; Teredo is IPv6 in UDP. */
import { concat, hex, u8, u16, u24, u32 } from './bytes.js';
import type { Layer } from './layer.js';

export interface GreFields {
  version?: number;
  protocol?: number;
  checksum?: boolean;
  key?: number;
  sequence?: number;
  acknowledgment?: number;
  /** Raw flags and version, instead of all of the above. */
  flags?: number;
}

/** GRE version 0 (RFC 2784, 2890) or 1 (RFC 2637, where the key holds the payload length and call id). */
export function gre(fields: GreFields = {}): Layer {
  const { version = 0 } = fields;
  return {
    protocol: 47,
    build(payload, inner) {
      const flags =
        fields.flags ??
        (fields.checksum ? 0x8000 : 0) |
          (fields.key !== undefined ? 0x2000 : 0) |
          (fields.sequence !== undefined ? 0x1000 : 0) |
          (fields.acknowledgment !== undefined ? 0x0080 : 0) |
          version;
      return concat(
        u16(flags),
        u16(fields.protocol ?? (version === 1 ? 0x880b : (inner?.etherType ?? 0))),
        fields.checksum ? u32(0) : '',
        fields.key !== undefined ? u32(fields.key) : '',
        fields.sequence !== undefined ? u32(fields.sequence) : '',
        fields.acknowledgment !== undefined ? u32(fields.acknowledgment) : '',
        payload,
      );
    },
  };
}

/** ERSPAN type II inside GRE (which must carry a sequence number). */
export function erspan({ version = 1, vlan = 0 } = {}): Layer {
  return {
    etherType: 0x88be,
    build: payload => concat(u16((version << 12) | vlan), u16(0), u32(0), payload),
  };
}

/** ERSPAN type I has no header of its own: only GRE's protocol announces it. */
export function erspanTypeOne(): Layer {
  return { etherType: 0x88be, build: payload => payload };
}

/** VXLAN (RFC 7348). */
export function vxlan(vni = 1, flags = 8): Layer {
  return { build: payload => concat(u8(flags), hex('000000'), u24(vni), u8(0), payload) };
}

/** Geneve (RFC 8926); options as raw bytes, a multiple of 4. */
export function geneve({
  vni = 1,
  options = hex(''),
  protocol = undefined as number | undefined,
} = {}): Layer {
  return {
    build: (payload, inner) =>
      concat(
        u8(options.length / 4),
        u8(0),
        u16(protocol ?? inner?.etherType ?? 0),
        u24(vni),
        u8(0),
        options,
        payload,
      ),
  };
}
