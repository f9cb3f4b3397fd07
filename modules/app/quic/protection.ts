/** Protection of Initial packets (RFC 9001 5.2, RFC 9369 3.3): anyone who sees the first one can remove it. */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { type LongHeader, VERSION_1, VERSION_2 } from './packet.js';

const SALT_1 = '38762cf7f55934b34d179ae6a4c80cadccbb7f0a';
const SALT_2 = '0dede3def700a6db819381be6e269dcbf9bd2ed9';
const SALT_DRAFT_29 = 'afbfec289993d24c9e9786f19c6111e04390a899';
const SALT_DRAFT_23 = 'c3eef712c72ebb5a11a7d2432bb46365bef9f502';
const TAG = 16;
const SAMPLE = 16;

/** @returns undefined for versions without a known salt */
function saltOf(version: number): string | undefined {
  if (version === VERSION_1) return SALT_1;
  if (version === VERSION_2) return SALT_2;
  const draft = version & 0xff;
  // 0xfaceb002 and 0xfaceb00e are draft 27.
  if (version >>> 8 === 0xfaceb0) return draft === 0x02 || draft === 0x0e ? SALT_DRAFT_23 : undefined;
  if (version >>> 8 !== 0xff0000) return undefined;
  if (draft >= 33 && draft <= 34) return SALT_1;
  if (draft >= 29 && draft <= 32) return SALT_DRAFT_29;
  return draft >= 23 && draft <= 28 ? SALT_DRAFT_23 : undefined;
}

interface Keys {
  readonly key: Buffer;
  readonly iv: Buffer;
  readonly header: Buffer;
}

/** Keys for the Initial packets of both sides. */
export class InitialKeys {
  private readonly client: Keys;
  private readonly server: Keys;

  private constructor(salt: string, version: number, destination: Uint8Array) {
    const secret = createHmac('sha256', Buffer.from(salt, 'hex')).update(destination).digest();
    const prefix = version === VERSION_2 ? 'quicv2' : 'quic';
    this.client = keysOf(expand(secret, 'client in', 32), prefix);
    this.server = keysOf(expand(secret, 'server in', 32), prefix);
  }

  /**
   * @param destination connection identifier in the client's first Initial packet
   * @returns undefined for unsupported versions
   */
  static of(version: number, destination: Uint8Array): InitialKeys | undefined {
    const salt = saltOf(version);
    return salt === undefined ? undefined : new InitialKeys(salt, version, destination);
  }

  /** Decrypts the frames of an Initial packet. @returns undefined if it is not protected with these keys */
  open(bytes: Uint8Array, packet: LongHeader, toServer: boolean): Uint8Array | undefined {
    const { key, iv, header } = toServer ? this.client : this.server;
    const { start, number, end } = packet;
    if (end - number < 4 + SAMPLE) return undefined;
    const mask = maskOf(header, bytes.subarray(number + 4, number + 4 + SAMPLE));
    const first = bytes[start]! ^ (mask[0]! & 0x0f);
    const size = (first & 3) + 1;
    const associated = bytes.slice(start, number + size);
    const nonce = Buffer.from(iv);
    associated[0] = first;
    for (let i = 0; i < size; i++) {
      const at = associated.length - size + i;
      associated[at]! ^= mask[1 + i]!;
      nonce[nonce.length - size + i]! ^= associated[at]!;
    }
    return decrypted(key, nonce, associated, bytes.subarray(number + size, end));
  }
}

function keysOf(secret: Buffer, prefix: string): Keys {
  return {
    key: expand(secret, `${prefix} key`, 16),
    iv: expand(secret, `${prefix} iv`, 12),
    header: expand(secret, `${prefix} hp`, 16),
  };
}

/** HKDF-Expand-Label (RFC 8446 7.1) of up to 32 bytes. */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const text = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, text.length]), text, Buffer.from([0, 1])]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}

function maskOf(key: Buffer, sample: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-128-ecb', key, null);
  cipher.setAutoPadding(false);
  return cipher.update(sample);
}

function decrypted(
  key: Buffer,
  nonce: Buffer,
  associated: Uint8Array,
  bytes: Uint8Array,
): Uint8Array | undefined {
  if (bytes.length < TAG) return undefined;
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAAD(associated);
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
  const frames = decipher.update(bytes.subarray(0, bytes.length - TAG));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return frames;
}
