/** NTLMSSP (MS-NLMP 2.2.1.3): who logs in, from the third message. */
import { Fields, narrow } from './fields.js';

const MAGIC = Buffer.from('NTLMSSP\0', 'latin1');
const AUTHENTICATE = 3;
/** Offsets of the lengths and offsets of domain, user and host. */
const NAMES = [28, 36, 44];
const FLAGS = 60;
const VERSION = 64;
const HAS_VERSION = 0x02000000;

export interface NtlmAnswer {
  readonly domain: string;
  readonly user: string;
  readonly host: string;
  /** `10.0 build 10586 rev 15` */
  readonly version?: string;
  /** The names are not stored one after the other in this order, as is usual. */
  readonly isUnordered: boolean;
}

/** The contents of a security blob; `malformed` if names lie outside of it. */
export function readNtlm(blob: Uint8Array): NtlmAnswer | 'malformed' | undefined {
  const at = Buffer.from(blob.buffer, blob.byteOffset, blob.length).indexOf(MAGIC);
  if (at < 0) return undefined;
  const message = new Fields(blob.subarray(at));
  if (message.u32(8) !== AUTHENTICATE) return undefined;
  const names = NAMES.map(field => nameAt(message, field));
  if (message.length < VERSION || names.includes(undefined)) return 'malformed';
  const [domain, user, host] = names as string[];
  const answer = { domain: domain!, user: user!, host: host!, isUnordered: isUnordered(message) };
  if ((message.u32(FLAGS) & HAS_VERSION) === 0 || message.length < VERSION + 8) return answer;
  const [major, minor, build] = [message.u8(VERSION), message.u8(VERSION + 1), message.u16(VERSION + 2)];
  return { ...answer, version: `${major}.${minor} build ${build} rev ${message.u8(VERSION + 7)}` };
}

/** Empty names may be anywhere. */
function isUnordered(message: Fields): boolean {
  const places = NAMES.filter(field => message.u16(field) > 0).map(field => message.u32(field + 4));
  return places.some((place, i) => i > 0 && place < places[i - 1]!);
}

/** The text whose length and offset are at `field`. */
function nameAt(message: Fields, field: number): string | undefined {
  const [length, place] = [message.u16(field), message.u32(field + 4)];
  return place + length > message.length ? undefined : narrow(message.part(place, length));
}
