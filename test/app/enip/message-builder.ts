/** Small EtherNet/IP messages. */
import { type Bytes, bytes, concat, u8 } from '../../packets/bytes.js';

export const le16 = (value: number): Uint8Array => Uint8Array.of(value, value >> 8);
export const le32 = (value: number): Uint8Array => concat(le16(value), le16(value >> 16));

export const message = (command: number, ...content: Bytes[]): Uint8Array => {
  const body = concat(...content);
  return concat(le16(command), le16(body.length), le32(7), le32(0), new Uint8Array(12), body);
};

const item = (type: number, content: Uint8Array): Uint8Array =>
  concat(le16(type), le16(content.length), content);

/** SendRRData with an unconnected CIP message. */
export const cip = (...content: Bytes[]): Uint8Array =>
  message(0x6f, new Uint8Array(6), le16(2), item(0, new Uint8Array(0)), item(0xb2, concat(...content)));

export const identity = (name: string): Uint8Array => {
  const words = concat(
    le16(1),
    new Uint8Array(16),
    le16(5),
    le16(12),
    le16(166),
    u8(3),
    u8(1),
    le16(4),
    le32(9),
  );
  return message(0x63, le16(1), item(0x0c, concat(words, u8(name.length), bytes(name), u8(3))));
};

/** Get_Attribute_Single of class 2, instance 1, attribute 7. */
export const request = Uint8Array.of(0x0e, 3, 0x20, 2, 0x24, 1, 0x30, 7);
/** Multiple Service Packet with one request. */
export const multiple = concat(Uint8Array.of(0x0a, 2, 0x20, 2, 0x24, 1), le16(1), le16(4), request);
export const response = Uint8Array.of(0x8e, 0, 5, 1, 0x34, 0x12);
