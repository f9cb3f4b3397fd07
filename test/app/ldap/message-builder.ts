/** LDAP messages, for tests. */
const LDAP_APPLICATION = 0x60;

export function element(tag: number, ...parts: (string | Uint8Array)[]): Buffer {
  const content = Buffer.concat(parts.map(part => Buffer.from(part as string)));
  const head =
    content.length < 128 ? [tag, content.length] : [tag, 0x82, content.length >> 8, content.length & 255];
  return Buffer.concat([Buffer.from(head), content]);
}

export const octets = (text: string): Buffer => element(4, text);
export const integer = (value: number): Buffer => element(2, Buffer.from([value]));
export const enumerated = (value: number): Buffer => element(10, Buffer.from([value]));
export const sequence = (...parts: Uint8Array[]): Buffer => element(0x30, ...parts);

export function message(id: number, operation: number, ...parts: Uint8Array[]): Buffer {
  return sequence(integer(id), element(LDAP_APPLICATION | operation, ...parts));
}

export const result = (id: number, operation: number, code = 0): Buffer =>
  message(id, operation, enumerated(code), octets(''), octets('why'));

export const search = (id: number): Buffer =>
  message(
    id,
    3,
    octets('dc=example'),
    enumerated(2),
    enumerated(0),
    integer(0),
    integer(30),
    element(1, Buffer.from([0])),
    element(0x87, 'objectClass'),
    sequence(octets('cn'), octets('mail')),
  );

export const entry = (id: number): Buffer =>
  message(id, 4, octets('cn=x'), sequence(sequence(octets('cn'), element(0x31, octets('x'), octets('y')))));
