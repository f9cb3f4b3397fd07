/** Messages of the Common Industrial Protocol (CIP Networks Library volume 1, 2-4 and C-1.4). */

/** A logical segment of a path. */
export interface Segment {
  readonly kind: 'class' | 'instance' | 'attribute';
  readonly value: number;
}

const RESPONSE = 0x80;
const MULTIPLE = 0x0a;
const MAX_PARTS = 64;
/** Segments of a path that are parsed; a request has three. */
const MAX_SEGMENTS = 32;

export class CipMessage {
  constructor(
    readonly service: number,
    readonly isResponse: boolean,
    /**
     * Of a request: its path, parsed on demand. Parts of a Multiple Service Packet may share the same bytes; parsing
     * them all in advance would let a small packet occupy much memory while it awaits its response.
     */
    private readonly pathBytes: Uint8Array,
    /** Of a response. */
    readonly status: number | undefined,
    readonly extendedStatus: number | undefined,
    /** Messages within a Multiple Service Packet. */
    readonly parts: readonly CipMessage[],
  ) {}

  /** Of a request; empty in responses. */
  get path(): readonly Segment[] {
    return pathOf(this.pathBytes);
  }

  /** The values of one kind of segment in the path of a request. */
  named(kind: Segment['kind']): number[] {
    return this.path.filter(each => each.kind === kind).map(({ value }) => value);
  }
}

/** @param bytes of one message; kept  @param inner whether it is within another one */
export function readCip(bytes: Uint8Array, inner = false): CipMessage | undefined {
  if (bytes.length < 2) return undefined;
  const service = bytes[0]! & ~RESPONSE;
  const isMultiple = service === MULTIPLE && !inner;
  return bytes[0]! & RESPONSE ? response(bytes, service, isMultiple) : request(bytes, service, isMultiple);
}

function request(bytes: Uint8Array, service: number, isMultiple: boolean): CipMessage | undefined {
  const end = 2 + 2 * bytes[1]!;
  if (end > bytes.length) return undefined;
  const parts = isMultiple ? partsOf(bytes.subarray(end)) : [];
  return new CipMessage(service, false, bytes.subarray(2, end), undefined, undefined, parts);
}

const NO_PATH = new Uint8Array(0);

function response(bytes: Uint8Array, service: number, isMultiple: boolean): CipMessage | undefined {
  if (bytes.length < 4) return undefined;
  const end = 4 + 2 * bytes[3]!;
  if (end > bytes.length) return undefined;
  const extendedStatus = bytes[3]! > 0 ? bytes[4]! | (bytes[5]! << 8) : undefined;
  const parts = isMultiple ? partsOf(bytes.subarray(end)) : [];
  return new CipMessage(service, true, NO_PATH, bytes[2]!, extendedStatus, parts);
}

const KINDS: Readonly<Record<number, Segment['kind']>> = { 0: 'class', 1: 'instance', 4: 'attribute' };

/** Logical segments: three bits of kind, two of size. */
function pathOf(path: Uint8Array): Segment[] {
  const found: Segment[] = [];
  for (let at = 0; at + 1 < path.length && found.length < MAX_SEGMENTS; ) {
    const segment = path[at]!;
    if (segment >> 5 !== 1) break;
    const size = [1, 2, 4][segment & 3];
    if (size === undefined) break;
    // Longer values are aligned to two bytes.
    const from = size === 1 ? at + 1 : at + 2;
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + (path[from + i] ?? 0);
    const kind = KINDS[(segment >> 2) & 7];
    if (kind !== undefined) found.push({ kind, value });
    at = from + size;
  }
  return found;
}

function partsOf(data: Uint8Array): CipMessage[] {
  if (data.length < 2) return [];
  const count = Math.min(MAX_PARTS, data[0]! | (data[1]! << 8));
  const list: CipMessage[] = [];
  for (let i = 0; i < count && 4 + 2 * i <= data.length; i++) {
    const at = data[2 + 2 * i]! | (data[3 + 2 * i]! << 8);
    const part = at < data.length ? readCip(data.subarray(at), true) : undefined;
    if (part) list.push(part);
  }
  return list;
}

/** A message including those within it. */
export function allOf(message: CipMessage | undefined): readonly CipMessage[] {
  return message ? [message, ...message.parts] : [];
}
