/** Ports for data connections in commands and replies (RFC 959, 2428). */

/** A host and port offered by a client. */
export interface DataEndpoint {
  /** Network byte order, 4 or 16 bytes; undefined if it could not be parsed. */
  readonly address: Uint8Array | undefined;
  readonly port: number;
}

/** Argument of PORT: `192,0,2,1,4,1`. */
export function parsePort(argument: string): DataEndpoint | undefined {
  const numbers = sixNumbers(argument);
  return numbers && { address: Uint8Array.from(numbers.slice(0, 4)), port: numbers[4]! * 256 + numbers[5]! };
}

/** Argument of EPRT: `|1|192.0.2.1|1025|`. */
export function parseExtendedPort(argument: string): DataEndpoint | undefined {
  const mark = argument.charAt(0);
  const [, , host = '', port = ''] = argument.split(mark);
  const number = Number(port);
  if (mark === '' || !/^\d{1,5}$/.test(port) || number > 65535) return undefined;
  return { address: parseAddress(host), port: number };
}

/** Reply 227: `Entering Passive Mode (192,0,2,1,4,1).` */
export function parsePassive(reply: string): number | undefined {
  const numbers = sixNumbers(reply);
  return numbers && numbers[4]! * 256 + numbers[5]!;
}

/** Reply 229: `Entering Extended Passive Mode (|||1025|)`. */
export function parseExtendedPassive(reply: string): number | undefined {
  const match = /\((.)\1\1(\d{1,5})\1\)/.exec(reply);
  const port = Number(match?.[2] ?? Number.NaN);
  return port <= 65535 ? port : undefined;
}

function sixNumbers(text: string): number[] | undefined {
  const match = /(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})/.exec(text);
  const numbers = match?.slice(1).map(Number);
  return numbers?.every(number => number <= 255) ? numbers : undefined;
}

function parseAddress(text: string): Uint8Array | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length === 4 && parts.every(part => part >= 0 && part <= 255)) return Uint8Array.from(parts);
  return text.includes(':') ? parseAddress6(text) : undefined;
}

function parseAddress6(text: string): Uint8Array | undefined {
  const [head = '', tail] = text.split('::');
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map(group => Number.parseInt(group, 16));
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const missing = 8 - first.length - last.length;
  if (missing < 0 || (tail === undefined && missing > 0)) return undefined;
  const all = [...first, ...Array.from({ length: missing }, () => 0), ...last];
  if (all.some(group => !(group >= 0 && group <= 0xffff))) return undefined;
  return Uint8Array.from(all.flatMap(group => [group >> 8, group & 255]));
}
