/** Small Kerberos messages. */
import { concat, u32 } from '../../packets/bytes.js';
import { element, integer, sequence } from '../ldap/message-builder.js';

const field = (number: number, ...content: Uint8Array[]): Uint8Array => element(0xa0 + number, ...content);
const text = (value: string): Uint8Array => element(0x1b, value);
const name = (...parts: string[]): Uint8Array =>
  sequence(field(0, integer(1)), field(1, sequence(...parts.map(text))));
const encrypted = (type: number): Uint8Array =>
  sequence(field(0, integer(type)), field(2, element(4, 'secret')));
const message = (type: number, ...fields: Uint8Array[]): Uint8Array =>
  element(0x60 + type, sequence(...fields));

export function request(type: 10 | 12, cname: string | undefined, ...sname: string[]): Uint8Array {
  const client = cname === undefined ? [] : [field(1, name(cname))];
  const body = sequence(
    field(0, element(3, '\0\0\0\0\0')),
    ...client,
    field(2, text('A.EXAMPLE')),
    field(3, name(...sname)),
  );
  return message(type, field(1, integer(5)), field(2, integer(type)), field(4, body));
}

export function reply(type: 11 | 13, encryption: number, ticketEncryption: number): Uint8Array {
  const ticket = element(
    0x61,
    sequence(
      field(0, integer(5)),
      field(1, text('A.EXAMPLE')),
      field(2, name('host', 'b')),
      field(3, encrypted(ticketEncryption)),
    ),
  );
  return message(
    type,
    field(0, integer(5)),
    field(1, integer(type)),
    field(3, text('A.EXAMPLE')),
    field(4, name('ann')),
    field(5, ticket),
    field(6, encrypted(encryption)),
  );
}

export const failure = (code: number): Uint8Array =>
  message(
    30,
    field(0, integer(5)),
    field(1, integer(30)),
    field(6, integer(code)),
    field(9, text('A')),
    field(10, name('krbtgt', 'A')),
  );

/** As on TCP. */
export const framed = (...messages: Uint8Array[]): Uint8Array =>
  concat(...messages.map(bytes => concat(u32(bytes.length), bytes)));
