/** A named pipe with DCE/RPC calls: messages of both directions are reassembled from writes and reads. */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import { BoundedMap } from '../../../engine/memory/bounded-map.js';
import { Bindings } from '../dcerpc/bindings.js';
import { CALL_HEADER, Call } from '../dcerpc/call.js';
import { HEADER, isAnswered, isFromServer, type Pdu, readHeader } from '../dcerpc/pdu.js';
import type { SmbTransaction } from './transaction.js';

/** Calls of a pipe that may await their responses. */
const MAX_CALLS = 64;
/** Maximum bytes of arguments or results kept per call. */
const MAX_STUB = 1 << 20;

export interface PipeConsumer {
  /** A call begins. @returns the transaction it is logged in */
  begin(call: Call): SmbTransaction;
  requested(transaction: SmbTransaction): void;
  answered(transaction: SmbTransaction): void;
}

/** Whether bytes look like the start of a message. */
export function isCall(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= HEADER && readHeader(bytes, start) !== undefined;
}

export class Pipe {
  private readonly bindings = new Bindings();
  private readonly calls = new BoundedMap<number, SmbTransaction>(MAX_CALLS);
  private fromClient = new GrowingBytes();
  private fromServer = new GrowingBytes();

  /** Adds the next bytes of a direction. */
  write(bytes: Uint8Array, toServer: boolean, consumer: PipeConsumer): void {
    const store = toServer ? this.fromClient : this.fromServer;
    let view = bytes;
    if (store.length > 0) {
      store.append(bytes);
      view = store.view();
    }
    const rest = this.takeAll(view, toServer, consumer);
    // Pending bytes are not copied: copying them with each write would make small writes quadratic.
    if (rest === store.length) return;
    const left = new GrowingBytes();
    if (rest > 0) left.append(view, view.length - rest);
    if (toServer) this.fromClient = left;
    else this.fromServer = left;
  }

  /** @returns number of bytes at the end that belong to an incomplete message: fewer than 64 KiB */
  private takeAll(view: Uint8Array, toServer: boolean, consumer: PipeConsumer): number {
    let at = 0;
    while (view.length - at >= HEADER) {
      const pdu = readHeader(view, at);
      if (!pdu) return 0;
      if (at + pdu.length > view.length) break;
      if (toServer) this.ask(pdu, view, at, consumer);
      else this.answer(pdu, view, at, consumer);
      at += pdu.length;
    }
    return view.length - at;
  }

  private ask(pdu: Pdu, bytes: Uint8Array, start: number, consumer: PipeConsumer): void {
    if (!isAnswered(pdu.type)) return;
    const waiting = this.calls.get(pdu.callId);
    const open = waiting?.detail.call;
    const continues = open && !open.request.done && open.request.type === pdu.type;
    const call = continues ? open : new Call(pdu.callId, MAX_STUB, CALL_HEADER);
    const transaction = continues ? waiting! : consumer.begin(call);
    this.calls.set(pdu.callId, transaction);
    call.addRequest(pdu, bytes, start, start + pdu.length, this.bindings);
    if (call.request.done) consumer.requested(transaction);
  }

  private answer(pdu: Pdu, bytes: Uint8Array, start: number, consumer: PipeConsumer): void {
    const transaction = this.calls.get(pdu.callId);
    const call = transaction?.detail.call;
    if (!call || !isFromServer(pdu.type)) return;
    call.addResponse(pdu, bytes, start, start + pdu.length, this.bindings);
    if (!call.response.done) return;
    this.calls.take(pdu.callId);
    consumer.answered(transaction!);
  }
}
