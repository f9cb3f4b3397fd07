import { describe, expect, it } from 'vitest';
import tls from '../../../modules/app/tls.js';
import { Feed } from '../../application/feed.js';
import { concat, u8, u16 } from '../../packets/bytes.js';

/** A record in the clear; `body` begins with the message type. */
const record = (...body: Uint8Array[]): Uint8Array => {
  const bytes = concat(...body);
  return concat(u16(0x8000 | bytes.length), bytes);
};
const CIPHER = Uint8Array.of(7, 0, 0xc0);
const hello = (version: number) =>
  record(u8(1), u16(version), u16(3), u16(0), u16(16), CIPHER, new Uint8Array(16));
const SERVER_HELLO = record(u8(4), u16(1), u16(2), u16(4), u16(3), u16(16), new Uint8Array(23));
const ERROR = record(u8(0), u16(1));
/** A MAC, data and padding. */
const ENCRYPTED = concat(u16(24), u8(4), new Uint8Array(24));

function talk(version: number, ...turns: ['client' | 'server', Uint8Array][]) {
  const feed = new Feed([tls], { serverPort: 443 }).client(hello(version));
  for (const [side, bytes] of turns) feed[side](bytes);
  return feed.end();
}

describe('a conversation in SSL 2.0', () => {
  it('is parsed to its end', () => {
    const masterKey = record(u8(2), CIPHER, new Uint8Array(30));
    const { events } = talk(
      2,
      ['server', SERVER_HELLO],
      ['client', concat(masterKey, ENCRYPTED)],
      ['server', ENCRYPTED],
    );
    expect(events).toEqual([]);
  });

  it.each<[string, number, 'client' | 'server', Uint8Array]>([
    ['of a server that shares no cipher', 2, 'server', ERROR],
    ['of a server that knows no newer version', 0x0301, 'server', ERROR],
    ['after a hello', 2, 'server', concat(SERVER_HELLO, ERROR)],
    ['of the client', 2, 'client', ERROR],
  ])('logs an error %s', (_, version, side, bytes) => {
    expect(talk(version, [side, bytes]).events).toEqual(['error_message_encountered']);
  });

  it('does not take a longer record for an error', () => {
    expect(talk(2, ['server', record(u8(0), new Uint8Array(20))]).events).toEqual([]);
  });
});
