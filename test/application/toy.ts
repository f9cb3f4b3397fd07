/**
 * A protocol for tests of the framework. The client sends lines (`name:length\n`), each followed by that many bytes,
 * the server sends lines. `switch\n` changes to another protocol, `fail\n` throws.
 */
import type { Session } from '../../engine/application/session.js';
import { defineProtocol, type Transaction } from '../../engine/protocol.js';

export interface ToyTransaction extends Transaction {
  name: string;
  body: string;
  reply: string;
}

export const toy = defineProtocol<ToyTransaction>({
  name: 'toy',
  transports: ['tcp'],
  progressToServer: ['request_started', 'request_line', 'request_complete'],
  progressToClient: ['response_started', 'response_complete'],
  events: ['gap_seen', 'line_too_long'],
  buffers: [],
  values: [],
  tests: [],
  recognition: {
    patterns: [
      { toServer: true, bytes: 'TOY ' },
      { toServer: false, bytes: 'toy ' },
    ],
  },
  record: ({ name, body, reply }) => `"toy":${JSON.stringify({ name, body, reply })}`,
  *client(session) {
    const { client } = session;
    if (!(yield* client.discard(4))) return;
    while (client.state === 'open') yield* request(session);
  },
  *server(session) {
    const { server } = session;
    if (!(yield* server.discard(4))) return;
    for (;;) {
      const line = yield* server.readUntil(10, 100);
      if (!line) return;
      const transaction = session.transactions.find(each => each.progressToClient < 1);
      if (!transaction) return;
      transaction.reply = text(line);
      session.advance(transaction, false, 1);
    }
  },
});

function* request(session: Session<ToyTransaction>): Generator<void, void, void> {
  const { client } = session;
  const line = yield* client.readUntil(10, 100);
  if (!line) {
    if (client.state === 'open' || client.state === 'end') return;
    const transaction = begin(session, `?${client.state}`);
    session.event(transaction, client.state === 'gap' ? 'gap_seen' : 'line_too_long');
    session.advance(transaction, true, 2);
    const atLimit = client.state === 'limit';
    client.resume();
    if (atLimit) client.skip(client.available);
    return;
  }
  const [name, length] = text(line).split(':');
  if (name === 'fail') throw new Error('asked to fail');
  if (name === 'switch') session.requests.changeTo = 'other';
  const transaction = begin(session, name!);
  session.advance(transaction, true, 1);
  const body = yield* client.read(Number(length ?? 0));
  if (!body) return;
  transaction.body = text(body);
  session.advance(transaction, true, 2);
  if (name === 'switch') yield;
}

function begin(session: Session<ToyTransaction>, name: string): ToyTransaction {
  return session.begin({
    id: session.transactionCount,
    progressToServer: 0,
    progressToClient: 0,
    events: [],
    name,
    body: '',
    reply: '',
  });
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1').trimEnd();

/** A protocol that is only detected, and parses nothing. */
export const other = defineProtocol<Transaction>({
  name: 'other',
  transports: ['tcp'],
  progressToServer: ['request_started', 'request_complete'],
  progressToClient: ['response_started', 'response_complete'],
  events: [],
  buffers: [],
  values: [],
  tests: [],
  recognition: { patterns: [{ toServer: true, bytes: 'OTHER', nocase: true }] },
  record: () => '"other":{}',
  *client(session) {
    const word = yield* session.client.read(5);
    if (!word) return;
    const transaction = {
      id: session.transactionCount,
      progressToServer: 0,
      progressToClient: 0,
      events: [],
    };
    session.begin(transaction);
    session.complete(transaction);
  },
});
