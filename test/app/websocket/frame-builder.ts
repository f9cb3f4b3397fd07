/** WebSocket frames. */
import { type Bytes, bytes, concat, u8, u16, u32 } from '../../packets/bytes.js';

export const UPGRADE_REQUEST =
  'GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: eA==\r\n\r\n';
export const UPGRADE_RESPONSE =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

/** @param first flags and opcode  @param mask undefined if there is none */
export function frame(first: number, payload: Bytes, mask?: number): Uint8Array {
  const content = bytes(payload).slice();
  const bit = mask === undefined ? 0 : 0x80;
  const { length } = content;
  const size =
    length < 126
      ? u8(bit | length)
      : length < 65536
        ? concat(u8(bit | 126), u16(length))
        : concat(u8(bit | 127), u32(0), u32(length));
  if (mask === undefined) return concat(u8(first), size, content);
  const key = u32(mask);
  for (let i = 0; i < length; i++) content[i]! ^= key[i & 3]!;
  return concat(u8(first), size, key, content);
}
