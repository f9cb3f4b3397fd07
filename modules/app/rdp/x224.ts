/** Connection requests and confirms (RFC 1006, X.224 13, MS-RDPBCGR 2.2.1.1 and 2.2.1.2). */
export const TPKT_VERSION = 3;
export const TPKT_HEADER = 4;
/** Codes of TPKT contents. */
export const CONNECTION_REQUEST = 0xe0;
export const CONNECTION_CONFIRM = 0xd0;
export const DATA = 0xf0;
/** Bytes of a connection request or confirm before the variable part. */
const FIXED_LENGTH = 7;

const NEGOTIATION_REQUEST = 1;
const NEGOTIATION_RESPONSE = 2;
const NEGOTIATION_FAILURE = 3;
const NEGOTIATION_LENGTH = 8;

export interface InitialRequest {
  /** latin1, like all texts here. */
  readonly cookie: string | undefined;
  readonly flags: number | undefined;
}

export interface InitialResponse {
  readonly flags?: number;
  readonly protocol?: number;
  readonly failure?: number;
}

/** @param bytes after the header of the TPKT */
export function parseRequest(bytes: Uint8Array): InitialRequest {
  const text = Buffer.from(bytes.subarray(FIXED_LENGTH)).toString('latin1');
  const line = /^Cookie: ([^\r\n]*)\r\n/.exec(text);
  const cookie = line && /^mstshash=(.*)$/.exec(line[1]!)?.[1];
  const negotiation = negotiationIn(bytes, FIXED_LENGTH + (line?.[0].length ?? 0));
  return {
    cookie: cookie ?? undefined,
    flags: negotiation?.type === NEGOTIATION_REQUEST ? negotiation.flags : undefined,
  };
}

export function parseResponse(bytes: Uint8Array): InitialResponse {
  const negotiation = negotiationIn(bytes, FIXED_LENGTH);
  if (negotiation?.type === NEGOTIATION_RESPONSE)
    return { flags: negotiation.flags, protocol: negotiation.value };
  return negotiation?.type === NEGOTIATION_FAILURE ? { failure: negotiation.value } : {};
}

function negotiationIn(
  bytes: Uint8Array,
  at: number,
): { type: number; flags: number; value: number } | undefined {
  if (at + NEGOTIATION_LENGTH > bytes.length || bytes[at + 2] !== NEGOTIATION_LENGTH) return undefined;
  const value = Buffer.from(bytes.subarray(at + 4, at + NEGOTIATION_LENGTH)).readUInt32LE();
  return { type: bytes[at]!, flags: bytes[at + 1]!, value };
}
