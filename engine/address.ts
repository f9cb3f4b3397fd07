/**
 * IPv4, IPv6 and hardware addresses: conversion of bytes in network order to text, and of IP addresses back. The
 * `write…` functions put ASCII into a buffer and allocate nothing; the `…Text` functions are for messages.
 */

/** Longest text of an address: eight groups of four digits. */
export const MAX_ADDRESS_LENGTH = 39;

const DOT = 0x2e;
const COLON = 0x3a;
const ZERO = 0x30;

/** Writes `192.0.2.1`. @returns the position after it */
export function writeIpv4(bytes: Uint8Array, offset: number, out: Uint8Array, at: number): number {
  for (let i = 0; i < 4; i++) {
    if (i > 0) out[at++] = DOT;
    const byte = bytes[offset + i]!;
    if (byte >= 100) out[at++] = ZERO + ((byte / 100) | 0);
    if (byte >= 10) out[at++] = ZERO + (((byte / 10) | 0) % 10);
    out[at++] = ZERO + (byte % 10);
  }
  return at;
}

/** Writes all eight groups with four digits each, as in EVE records. @returns the position after it */
export function writeIpv6Full(bytes: Uint8Array, offset: number, out: Uint8Array, at: number): number {
  for (let i = 0; i < 16; i++) {
    if (i > 0 && (i & 1) === 0) out[at++] = COLON;
    const byte = bytes[offset + i]!;
    out[at++] = digit(byte >> 4);
    out[at++] = digit(byte & 15);
  }
  return at;
}

/** Writes the short form of RFC 5952: the longest run of zero groups as `::`. @returns the position after it */
export function writeIpv6(bytes: Uint8Array, offset: number, out: Uint8Array, at: number): number {
  const run = longestZeroRun(bytes, offset);
  const first = run >> 4;
  const behind = first + (run & 15);
  for (let i = 0; i < 8; i++) {
    if (i === first && behind > first) {
      out[at++] = COLON;
      if (behind === 8) out[at++] = COLON;
      i = behind - 1;
      continue;
    }
    if (i > 0) out[at++] = COLON;
    at = writeGroup((bytes[offset + 2 * i]! << 8) | bytes[offset + 2 * i + 1]!, out, at);
  }
  return at;
}

/** First group and length (two or more) of the first longest run of zero groups, as `first << 4 | length`. */
function longestZeroRun(bytes: Uint8Array, offset: number): number {
  let best = 0;
  let bestLength = 1;
  let length = 0;
  for (let i = 0; i < 8; i++) {
    length = bytes[offset + 2 * i] === 0 && bytes[offset + 2 * i + 1] === 0 ? length + 1 : 0;
    if (length > bestLength) {
      bestLength = length;
      best = ((i + 1 - length) << 4) | length;
    }
  }
  return best;
}

function writeGroup(group: number, out: Uint8Array, at: number): number {
  if (group >= 0x1000) out[at++] = digit(group >> 12);
  if (group >= 0x100) out[at++] = digit((group >> 8) & 15);
  if (group >= 0x10) out[at++] = digit((group >> 4) & 15);
  out[at++] = digit(group & 15);
  return at;
}

/** ASCII of a hexadecimal digit. */
function digit(value: number): number {
  return value < 10 ? ZERO + value : 0x57 + value;
}

const scratch = new Uint8Array(MAX_ADDRESS_LENGTH);

/** `00:50:56:01:02:03`: a hardware address of any length. */
export function hardwareText(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(':');
}

/** `192.0.2.1` */
export function ipv4Text(bytes: Uint8Array, offset = 0): string {
  return `${bytes[offset]!}.${bytes[offset + 1]!}.${bytes[offset + 2]!}.${bytes[offset + 3]!}`;
}

/** `2001:db8::1` (RFC 5952) */
export function ipv6Text(bytes: Uint8Array, offset = 0): string {
  return ascii(writeIpv6(bytes, offset, scratch, 0));
}

/** Text of an address of IP version 4 or 6. */
export function addressText(bytes: Uint8Array, offset: number, version: number): string {
  return version === 4 ? ipv4Text(bytes, offset) : ipv6Text(bytes, offset);
}

/** The same with all digits of IPv6, as in logs: `2001:0db8:0000:0000:0000:0000:0000:0001`. */
export function fullAddressText(bytes: Uint8Array, offset: number, version: number): string {
  return version === 4 ? ipv4Text(bytes, offset) : ascii(writeIpv6Full(bytes, offset, scratch, 0));
}

function ascii(length: number): string {
  return String.fromCharCode(...scratch.subarray(0, length));
}

/** @returns 4 or 16 bytes, or undefined if the text is not an address */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** Four decimal numbers from 0 to 255 without leading zeros. @returns 4 bytes, or undefined */
export function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return Uint8Array.from(parts, Number);
}

/** All forms of RFC 4291 section 2.2, also with an IPv4 tail. @returns 16 bytes, or undefined */
export function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1]!, true) : [];
  if (!head || !tail) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head, 0);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** Bytes of the groups; the last one may be an IPv4 address if nothing follows (`last`). */
function groups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const bytes: number[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (part.includes('.')) {
      const tail = last && i === parts.length - 1 ? parseIpv4(part) : undefined;
      if (!tail) return undefined;
      bytes.push(...tail);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
      const group = Number.parseInt(part, 16);
      bytes.push(group >> 8, group & 255);
    }
  }
  return bytes.length <= 16 ? bytes : undefined;
}
