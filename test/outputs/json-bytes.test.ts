import { expect, test } from 'vitest';
import { writeInteger } from '../../modules/eve/digits.js';
import { JsonBytes, key } from '../../modules/eve/json-bytes.js';
import { Members } from '../../modules/eve/members.js';

const encoder = new TextEncoder();
const NO_KEY = new Uint8Array(0);

/** The members that `write` adds to an object, parsed. */
function parsed(write: (json: JsonBytes) => void): Record<string, unknown> {
  const json = new JsonBytes(8);
  json.open();
  write(json);
  json.close();
  return JSON.parse(json.toString());
}

test('members and items are separated by commas', () => {
  const json = new JsonBytes(4);
  json.raw(encoder.encode('@cee: '));
  json.open();
  json.integer(key('a'), 1);
  json.open(key('b'));
  json.close();
  json.openArray(key('c'));
  json.integer(NO_KEY, 1);
  json.integer(NO_KEY, 2);
  json.closeArray();
  json.members(encoder.encode('xx"d":3,"e":4yy'), 2, 13);
  json.boolean(key('f'), true);
  json.close();
  expect(json.toString()).toBe('@cee: {"a":1,"b":{},"c":[1,2],"d":3,"e":4,"f":true}');
});

test.each(['', 'plain', '"\\/', '\0\x01\x1f\x7f', '\b\t\n\f\r', 'é✓😀', 'a\u2028b', 'x'.repeat(1000)])(
  'text %j is escaped',
  text => {
    expect(parsed(json => json.text(key('t'), text))).toEqual({ t: text });
  },
);

test('half a surrogate pair becomes the replacement character', () => {
  expect(parsed(json => json.text(key('t'), 'a\ud800b'))).toEqual({ t: 'a\ufffdb' });
});

test.each([0, 1, 9, 10, 99, 100, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -1, -(2 ** 40)])(
  'number %d is written',
  value => {
    const out = new Uint8Array(24);
    expect(Buffer.from(out.subarray(0, writeInteger(out, 0, value))).toString()).toBe(String(value));
  },
);

test('fractions and non-finite numbers are written', () => {
  expect(parsed(json => json.number(key('n'), 1.5))).toEqual({ n: 1.5 });
  expect(parsed(json => json.number(key('n'), Number.NaN))).toEqual({ n: 0 });
});

test('base64 of all lengths is right', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i * 7);
  for (const length of [0, 1, 2, 3, 4, 5, 6, 255, 256]) {
    const { b } = parsed(json => json.base64(key('b'), bytes, 3, 3 + length));
    expect(b).toBe(Buffer.from(bytes.subarray(3, 3 + length)).toString('base64'));
  }
});

test('printable keeps ASCII and line ends', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const shown = Array.from(bytes, byte =>
    byte === 10 || byte === 13 || (byte > 31 && byte < 127) ? String.fromCharCode(byte) : '.',
  );
  expect(parsed(json => json.printable(key('p'), bytes, 0, 256))).toEqual({ p: shown.join('') });
});

test('MAC addresses and flag bytes are written', () => {
  const bytes = Uint8Array.of(0, 17, 34, 170, 187, 204);
  const write = (json: JsonBytes) => {
    json.mac(key('m'), bytes, 0);
    json.hex(key('f'), 0x1b);
  };
  expect(parsed(write)).toEqual({ m: '00:11:22:aa:bb:cc', f: '1b' });
});

test('members of an object are enumerated with their values', () => {
  const found = (text: string) => {
    const bytes = encoder.encode(text);
    const members = new Members(bytes).ended(bytes, 0, bytes.length);
    const list: [string, string][] = [];
    while (members.next()) list.push([members.name, text.slice(members.valueStart, members.valueEnd)]);
    return list;
  };
  expect(found('"a":{"x":[1,{"y":"},\\""}]},"b":[1,2],"c":"q,\\\\","d":1.5')).toEqual([
    ['a', '{"x":[1,{"y":"},\\""}]}'],
    ['b', '[1,2]'],
    ['c', '"q,\\\\"'],
    ['d', '1.5'],
  ]);
  expect(found('')).toEqual([]);
  expect(found('no json')).toEqual([]);
  expect(found('"a"')).toEqual([]);
  expect(found('"a":')).toEqual([]);
});
