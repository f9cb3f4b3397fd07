/** Small IKE messages. */
import { type Bytes, concat, hex, u8, u16, u32 } from '../../packets/bytes.js';

interface Part {
  readonly type: number;
  readonly content: Uint8Array;
}

export const part = (type: number, ...content: Bytes[]): Part => ({ type, content: concat(...content) });

/** @param version 1 or 2  @param flags 0x08: from the initiator (2), 1: encrypted (1) */
export function message(version: number, exchange: number, flags: number, ...parts: Part[]): Uint8Array {
  const body = concat(
    ...parts.map(({ content }, i) =>
      concat(u8(parts[i + 1]?.type ?? 0), u8(0), u16(4 + content.length), content),
    ),
  );
  const head = concat(
    hex('0102030405060708'),
    hex('1112131415161718'),
    u8(parts[0]?.type ?? 0),
    u8(version << 4),
  );
  return concat(head, u8(exchange), u8(flags), u32(0), u32(28 + body.length), body);
}

const chained = (contents: Uint8Array[]): Uint8Array =>
  concat(
    ...contents.map((content, i) =>
      concat(u8(i + 1 < contents.length ? 3 : 0), u8(0), u16(4 + content.length), content),
    ),
  );

/** A proposal of version 2. @param transforms pairs of type and number */
export const proposal2 = (...transforms: [number, number][]): Uint8Array => {
  const list = transforms.map(([type, id]) => concat(u8(type), u8(0), u16(id)));
  return concat(u8(1), u8(1), u8(0), u8(list.length), chained(list));
};
export const association2 = (...proposals: Uint8Array[]): Part => part(33, chained(proposals));

/** An association of version 1 with one proposal. @param transforms attributes of each, as pairs */
export const association1 = (...transforms: [number, number][][]): Part => {
  const list = transforms.map((attributes, i) =>
    concat(
      u8(i),
      u8(1),
      u16(0),
      ...attributes.map(([type, value]) => concat(u16(0x8000 | type), u16(value))),
    ),
  );
  return part(1, u32(1), u32(1), chained([concat(u8(0), u8(1), u8(0), u8(list.length), chained(list))]));
};
