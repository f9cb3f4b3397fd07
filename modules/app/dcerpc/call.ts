/** One call: request and response, independent of the transport. */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import { type Bindings, type Interface, readOffers, readResults } from './bindings.js';
import * as Type from './pdu.js';
import { FIRST_FRAGMENT, HEADER, LAST_FRAGMENT, type Pdu, u16 } from './pdu.js';

/** One side of a call. */
export interface CallSide {
  /** Type of the message; undefined before it arrives. */
  type: number | undefined;
  fragments: number;
  readonly stub: GrowingBytes;
  littleEndian: boolean;
  done: boolean;
}

const newSide = (): CallSide => ({
  type: undefined,
  fragments: 0,
  stub: new GrowingBytes(),
  littleEndian: true,
  done: false,
});

/** Length of the REQUEST header, with context and operation number. An object UUID counts as an argument. */
export const CALL_HEADER = 24;

export class Call {
  readonly request = newSide();
  readonly response = newSide();
  opnum = 0;
  /** The interfaces offered, or the one called. */
  interfaces: readonly Interface[] = [];
  /** The first fragment of the request was seen. */
  fromFirst = false;

  constructor(
    readonly callId: number,
    private readonly maxStub: number,
    /** Bytes before the results; over TCP, context and cancel count are included. */
    private readonly responseHeader = HEADER,
  ) {}

  side(toServer: boolean): CallSide {
    return toServer ? this.request : this.response;
  }

  /** Processes a message of the client: `bytes[start, end)` is the whole message. */
  addRequest(pdu: Pdu, bytes: Uint8Array, start: number, end: number, bindings: Bindings): void {
    const { request } = this;
    request.type = pdu.type;
    request.littleEndian = pdu.littleEndian;
    if (pdu.type === Type.REQUEST) {
      this.addRequestFragment(pdu, bytes, start, end, bindings);
      return;
    }
    if (pdu.type === Type.BIND || pdu.type === Type.ALTER_CONTEXT) {
      this.interfaces = readOffers(bytes, start, end, pdu.littleEndian);
      bindings.offer(this.interfaces);
    }
    request.done = true;
  }

  /** Processes a message of the server. */
  addResponse(pdu: Pdu, bytes: Uint8Array, start: number, end: number, bindings: Bindings): void {
    const { response } = this;
    response.type = pdu.type;
    response.littleEndian = pdu.littleEndian;
    if (pdu.type === Type.RESPONSE) {
      this.append(response, bytes, start + this.responseHeader, end);
      response.done = (pdu.flags & LAST_FRAGMENT) !== 0;
      return;
    }
    if (pdu.type === Type.BIND_ACK || pdu.type === Type.ALTER_CONTEXT_RESP)
      readResults(bytes, start, end, pdu.littleEndian, this.interfaces);
    if (this.request.type !== Type.REQUEST) bindings.answer(this.interfaces);
    response.done = true;
  }

  /** Adds one part of a call: the content of a datagram. */
  append(side: CallSide, bytes: Uint8Array, start: number, end: number): void {
    side.fragments++;
    const room = Math.max(0, this.maxStub - side.stub.length);
    if (end > start && room > 0) side.stub.append(bytes, start, Math.min(end, start + room));
  }

  private addRequestFragment(
    pdu: Pdu,
    bytes: Uint8Array,
    start: number,
    end: number,
    bindings: Bindings,
  ): void {
    const { request } = this;
    if (start + CALL_HEADER > end) {
      request.done = true;
      return;
    }
    if ((pdu.flags & FIRST_FRAGMENT) !== 0) this.fromFirst = true;
    // The first fragment identifies the operation; these fields are ignored in later ones.
    if (request.fragments === 0) {
      const bound = bindings.find(u16(bytes, start + 20, pdu.littleEndian));
      if (bound) this.interfaces = [bound];
      this.opnum = u16(bytes, start + 22, pdu.littleEndian);
    }
    this.append(request, bytes, start + CALL_HEADER, end);
    request.done = (pdu.flags & LAST_FRAGMENT) !== 0;
  }
}
