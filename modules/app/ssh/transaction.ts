/** What both sides of a connection send before it is encrypted. */
import { createHash } from 'node:crypto';
import { TwoSidedTransaction } from '../../../engine/protocol.js';

export const PROGRESS_TO_SERVER = [
  'request_in_progress',
  'request_banner_wait_eol',
  'request_banner_done',
  'request_kexinit_done',
  'request_finished',
] as const;
export const PROGRESS_TO_CLIENT = [
  'response_in_progress',
  'response_banner_wait_eol',
  'response_banner_done',
  'response_kexinit_done',
  'response_finished',
] as const;
/** These have no rule hooks. */
export const INNER_PROGRESS = ['request_kexinit_done', 'response_kexinit_done'] as const;
export const BANNER_WAIT_EOL = 1;
export const BANNER_DONE = 2;
export const KEXINIT_DONE = 3;
export const FINISHED = 4;

export const EVENTS = ['invalid_banner', 'long_banner', 'invalid_record', 'long_kex_record'] as const;

/** The fingerprint of the algorithms that a side offers: https://github.com/salesforce/hassh */
export interface Hassh {
  readonly text: string;
  readonly hash: string;
}

export class Peer {
  /** `2.0` */
  protocol: Uint8Array | undefined;
  /** `OpenSSH_9.6` */
  software: Uint8Array | undefined;
  hassh: Hassh | undefined;
  encrypted = false;
}

export class SshTransaction extends TwoSidedTransaction {
  loggedEvents?: number;
  readonly client = new Peer();
  readonly server = new Peer();

  constructor() {
    super(0);
  }

  peer(toServer: boolean): Peer {
    return toServer ? this.client : this.server;
  }
}

/** Indices of the lists of KEXINIT (RFC 4253 7.1), after the cookie. */
const KEX = 0;
const ENCRYPTION = 2;
const MAC = 4;
const COMPRESSION = 6;
const LISTS = 8;

/**
 * @param payload of KEXINIT, after the message number
 * @returns undefined if it is truncated
 */
export function hasshOf(payload: Uint8Array, toServer: boolean): Hassh | undefined {
  const lists: string[] = [];
  let at = 16;
  while (lists.length < LISTS) {
    if (at + 4 > payload.length) return undefined;
    const length = new DataView(payload.buffer, payload.byteOffset + at, 4).getUint32(0);
    at += 4;
    if (at + length > payload.length) return undefined;
    lists.push(Buffer.from(payload.subarray(at, at + length)).toString('latin1'));
    at += length;
  }
  const own = toServer ? 0 : 1;
  const text = [lists[KEX], lists[ENCRYPTION + own], lists[MAC + own], lists[COMPRESSION + own]].join(';');
  return { text, hash: createHash('md5').update(text, 'latin1').digest('hex') };
}
