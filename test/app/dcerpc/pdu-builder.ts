/** Builds DCE/RPC messages. */

/** 367abb81-9844-35f1-ad32-98f038001003, little-endian. */
export const SVCCTL = Buffer.from('81bb7a364498f135ad3298f038001003', 'hex');
export const SVCCTL_TEXT = '367abb81-9844-35f1-ad32-98f038001003';
const NDR = Buffer.from('045d888aeb1cc9119fe808002b104860', 'hex');

export const le16 = (value: number) => Buffer.from([value & 0xff, value >> 8]);
export const le32 = (value: number) => Buffer.concat([le16(value & 0xffff), le16(value >>> 16)]);

export function pdu(type: number, callId: number, body: Uint8Array, flags = 3): Buffer {
  const head = Buffer.from([5, 0, type, flags, 0x10, 0, 0, 0]);
  return Buffer.concat([head, le16(16 + body.length), le16(0), le32(callId), body]);
}

/** Offers interfaces; contexts count from 0. */
export function bind(callId: number, uuids: readonly Uint8Array[] = [SVCCTL], type = 11): Buffer {
  const items = uuids.map((uuid, context) =>
    Buffer.concat([le16(context), Buffer.from([1, 0]), uuid, le16(2), le16(0), NDR, le32(2)]),
  );
  const head = Buffer.concat([le16(4280), le16(4280), le32(0), Buffer.from([uuids.length, 0, 0, 0])]);
  return pdu(type, callId, Buffer.concat([head, ...items]));
}

export function bindAck(callId: number, results: readonly number[] = [0], type = 12): Buffer {
  const address = Buffer.from('\\PIPE\\x\0', 'latin1');
  const head = Buffer.concat([le16(4280), le16(4280), le32(1), le16(address.length), address]);
  const padded = Buffer.concat([head, Buffer.alloc((4 - (head.length & 3)) & 3)]);
  const list = results.map(result => Buffer.concat([le16(result), le16(0), NDR, le32(2)]));
  return pdu(type, callId, Buffer.concat([padded, Buffer.from([results.length, 0, 0, 0]), ...list]));
}

export function request(callId: number, opnum: number, stub: string, flags = 3, context = 0): Buffer {
  const head = Buffer.concat([le32(stub.length), le16(context), le16(opnum)]);
  return pdu(0, callId, Buffer.concat([head, Buffer.from(stub, 'latin1')]), flags);
}

export function response(callId: number, stub: string, flags = 3): Buffer {
  return pdu(2, callId, Buffer.concat([le32(stub.length), le32(0), Buffer.from(stub, 'latin1')]), flags);
}
