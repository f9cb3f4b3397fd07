/** Negotiated bindings: the interface that each presentation context of a connection stands for. */
import { HEADER, u16 } from './pdu.js';
import { uuidText } from './uuid.js';

export interface Interface {
  readonly context: number;
  readonly uuid: string;
  readonly major: number;
  readonly minor: number;
  /** The result returned by the server: 0 is acceptance. */
  result?: number;
}

/** Maximum contexts remembered per connection. */
const MAX_CONTEXTS = 1024;

export class Bindings {
  private readonly accepted = new Map<number, Interface>();
  /** Those without a result yet. */
  private readonly offered = new Map<number, Interface>();

  offer(offers: readonly Interface[]): void {
    for (const each of offers) note(this.offered, each);
  }

  /** The server answered an offer: accepted interfaces are valid, others are discarded. */
  answer(offers: readonly Interface[]): void {
    for (const each of offers) {
      if (this.offered.get(each.context) === each) this.offered.delete(each.context);
      if (each.result === 0) note(this.accepted, each);
    }
  }

  /** The interface of a context. A client may call an interface it has only just offered: both may be sent at once. */
  find(context: number): Interface | undefined {
    return this.accepted.get(context) ?? this.offered.get(context);
  }
}

function note(contexts: Map<number, Interface>, each: Interface): void {
  if (contexts.size < MAX_CONTEXTS || contexts.has(each.context)) contexts.set(each.context, each);
}

/** Interfaces offered by BIND or ALTER_CONTEXT (C706 12.6.3.1): `bytes[start, end)` is the whole message. */
export function readOffers(
  bytes: Uint8Array,
  start: number,
  end: number,
  littleEndian: boolean,
): Interface[] {
  const offers: Interface[] = [];
  const first = start + HEADER + 12;
  if (first > end) return offers;
  const count = bytes[start + HEADER + 8]!;
  for (let i = 0, at = first; i < count && at + 24 <= end; i++) {
    offers.push({
      context: u16(bytes, at, littleEndian),
      uuid: uuidText(bytes, at + 4, littleEndian),
      major: u16(bytes, at + 20, littleEndian),
      minor: u16(bytes, at + 22, littleEndian),
    });
    at += 24 + 20 * bytes[at + 2]!;
  }
  return offers;
}

/**
 * Stores the results that BIND_ACK or ALTER_CONTEXT_RESP contains for the offers, in the same order (C706 12.6.3.1).
 */
export function readResults(
  bytes: Uint8Array,
  start: number,
  end: number,
  littleEndian: boolean,
  offers: readonly Interface[],
): void {
  const address = start + HEADER + 8;
  if (address + 2 > end) return;
  const behind = address + 2 + u16(bytes, address, littleEndian);
  const list = behind + ((4 - ((behind - start) & 3)) & 3);
  if (list + 4 > end) return;
  const count = Math.min(bytes[list]!, offers.length);
  for (let i = 0, at = list + 4; i < count && at + 24 <= end; i++, at += 24) {
    offers[i]!.result = u16(bytes, at, littleEndian);
  }
}
