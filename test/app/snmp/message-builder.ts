/** SNMP messages, for tests. */
export const element = (tag: number, ...parts: (Buffer | number[] | string)[]): Buffer => {
  const content = Buffer.concat(
    parts.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
  );
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
};
export const sequence = (...parts: (Buffer | number[])[]) => element(0x30, ...parts);
export const integer = (value: number) => element(2, [value]);
export const text = (value: string) => element(4, value);

export const OID = [0x2b, 6, 1, 2, 1, 1, 0x83, 0x01];
export const NAME = element(6, OID);
export const variables = sequence(sequence(NAME, element(5)));
export const pdu = (type: number, status = 0) =>
  element(0xa0 | type, integer(7), integer(status), integer(0), variables);
export const community = (version: number, body: Buffer) => sequence(integer(version), text('public'), body);

/** @param flags 2: encrypted */
export function version3(flags: number, body: Buffer, model = 3): Buffer {
  const header = sequence(integer(1), integer(100), element(4, [flags]), integer(model));
  const user = sequence(text('engine'), integer(1), integer(2), text('admin'), text(''), text(''));
  return sequence(integer(3), header, element(4, user), body);
}

export const trap = element(
  0xa4,
  NAME,
  element(0x40, [192, 0, 2, 1]),
  integer(3),
  integer(0),
  element(0x43, [1]),
  variables,
);
export const scoped = sequence(text('engine'), text(''), pdu(5));
