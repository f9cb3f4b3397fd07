/** Requests and their responses. */

import { PendingTransactions } from '../../../engine/application/pending-transactions.js';
import type { Session } from '../../../engine/application/session.js';
import type { Reading } from '../../../engine/application/stream-socket.js';
import { uint16 } from '../../../engine/packet/network-order.js';
import { HEADER_LENGTH, MAX_LENGTH, type ModbusMessage, parseMessage } from './message.js';
import type { ModbusSettings } from './settings.js';
import { COMPLETE, ModbusTransaction } from './transaction.js';

/** Header bytes not included in its length. */
const UNCOUNTED_HEADER = 6;

export class Exchange {
  private readonly settings: ModbusSettings;
  /** Requests by transaction identifier. */
  private readonly pending: PendingTransactions<number, ModbusTransaction>;

  constructor(private readonly session: Session<ModbusTransaction>) {
    this.settings = session.settings as ModbusSettings;
    this.pending = new PendingTransactions(session);
    session.requests.streamDepth = this.settings.depth;
  }

  *messages(toServer: boolean): Reading<void> {
    const socket = toServer ? this.session.client : this.session.server;
    for (;;) {
      const header = yield* socket.peek(HEADER_LENGTH);
      if (!header) return;
      const length = uint16(header, 4);
      if (length < 2 || length > MAX_LENGTH) {
        this.failWithInvalidLength(toServer);
        return;
      }
      const bytes = yield* socket.read(UNCOUNTED_HEADER + length);
      if (!bytes) return;
      const message = parseMessage(bytes.slice(), toServer);
      if (toServer) this.addRequest(message);
      else this.addResponse(message);
    }
  }

  private begin(): ModbusTransaction {
    const { session } = this;
    const transaction = session.begin(new ModbusTransaction(session.transactionCount));
    if (session.transactions.length - session.completed > this.settings.flood) {
      session.event(transaction, 'flooded');
      session.completeOldest();
    }
    return transaction;
  }

  private addRequest(request: ModbusMessage): void {
    const transaction = this.begin();
    transaction.request = request;
    if (request.problem) this.session.event(transaction, request.problem, true);
    this.session.advance(transaction, true, COMPLETE);
    this.pending.add(request.transactionId, transaction);
  }

  private addResponse(response: ModbusMessage): void {
    const { session } = this;
    const waiting = this.pending.find(response.transactionId);
    const transaction = waiting ?? this.begin();
    transaction.response = response;
    if (!waiting) {
      transaction.progressToServer = COMPLETE;
      session.event(transaction, 'unsolicited_response', false);
    } else this.compare(transaction, waiting.request!, response);
    if (response.problem) session.event(transaction, response.problem, false);
    session.advance(transaction, false, COMPLETE);
  }

  private compare(transaction: ModbusTransaction, request: ModbusMessage, response: ModbusMessage): void {
    if (request.unit !== response.unit) this.session.event(transaction, 'invalid_unit_identifier', false);
    if (request.code !== response.code) this.session.event(transaction, 'invalid_function_code', false);
    else if (response.exception === undefined && !isConsistent(request, response))
      this.session.event(transaction, 'value_mismatch', false);
  }

  private failWithInvalidLength(toServer: boolean): void {
    const transaction = this.begin();
    this.session.event(transaction, 'invalid_length', toServer);
    transaction.progressToClient = COMPLETE;
    transaction.progressToServer = COMPLETE;
    this.session.completed++;
    this.session.failed = true;
  }
}

/** A response repeats what was written, and contains as much data as was requested. */
function isConsistent(request: ModbusMessage, response: ModbusMessage): boolean {
  const { read, write, code } = request;
  if (write && response.write && write.address !== response.write.address) return false;
  if (response.write?.quantity !== undefined && response.write.quantity !== write?.quantity) return false;
  if (code === 5 || code === 6) return same(write?.data, response.write?.data);
  const quantity = read?.quantity;
  if (quantity === undefined || !response.read?.data) return true;
  return response.read.data.length === (code <= 2 ? Math.ceil(quantity / 8) : 2 * quantity);
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined || Buffer.compare(a, b) === 0;
}
