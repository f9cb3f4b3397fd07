/** Messages of the Common Industrial Protocol (CIP Networks Library volume 1, 2-4 and C-1.4). */

/** A logical segment of a path. */
export interface Segment {
  readonly kind: 'class' | 'instance' | 'attribute';
  readonly value: number;
}

export interface CipMessage {
  readonly service: number;
  readonly isResponse: boolean;
  /** Of a request. */
  readonly path: readonly Segment[];
  /** Of a request: what its path names, by kind. */
  readonly classes: readonly number[];
  readonly instances: readonly number[];
  readonly attributes: readonly number[];
  /** Of a response. */
  readonly status: number | undefined;
  readonly extendedStatus: number | undefined;
  /** Messages within a Multiple Service Packet. */
  readonly parts: readonly CipMessage[];
}

const RESPONSE = 0x80;
const MULTIPLE = 0x0a;
const MOST_PARTS = 64;

/** @param bytes of one message; kept  @param inner it is within another */
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
  const path = pathOf(bytes.subarray(2, end));
  const valuesOf = (kind: Segment['kind']) =>
    path.filter(each => each.kind === kind).map(({ value }) => value);
  return {
    service,
    isResponse: false,
    path,
    classes: valuesOf('class'),
    instances: valuesOf('instance'),
    attributes: valuesOf('attribute'),
    status: undefined,
    extendedStatus: undefined,
    parts,
  };
}

function response(bytes: Uint8Array, service: number, isMultiple: boolean): CipMessage | undefined {
  if (bytes.length < 4) return undefined;
  const end = 4 + 2 * bytes[3]!;
  if (end > bytes.length) return undefined;
  return {
    service,
    isResponse: true,
    path: [],
    classes: [],
    instances: [],
    attributes: [],
    status: bytes[2]!,
    extendedStatus: bytes[3]! > 0 ? bytes[4]! | (bytes[5]! << 8) : undefined,
    parts: isMultiple ? partsOf(bytes.subarray(end)) : [],
  };
}

const KINDS: Readonly<Record<number, Segment['kind']>> = { 0: 'class', 1: 'instance', 4: 'attribute' };

/** Logical segments: three bits of kind, two of size. */
function pathOf(path: Uint8Array): Segment[] {
  const found: Segment[] = [];
  for (let at = 0; at + 1 < path.length; ) {
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
  const count = Math.min(MOST_PARTS, data[0]! | (data[1]! << 8));
  const list: CipMessage[] = [];
  for (let i = 0; i < count && 4 + 2 * i <= data.length; i++) {
    const at = data[2 + 2 * i]! | (data[3 + 2 * i]! << 8);
    const part = at < data.length ? readCip(data.subarray(at), true) : undefined;
    if (part) list.push(part);
  }
  return list;
}

/** A message with those in it. */
export function allOf(message: CipMessage | undefined): readonly CipMessage[] {
  return message ? [message, ...message.parts] : [];
}
