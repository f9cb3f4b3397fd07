/** POP3 (RFC 1939). */
import type { Session } from '../../engine/application/session.js';
import { integer, option } from '../../engine/config/option.js';
import { defineProtocol, type ProbeResult, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { latin1Text } from '../../engine/record/bytes-text.js';
import { Connection, EVENTS, type Pop3Transaction } from './pop3/connection.js';

const MAX_TRANSACTIONS = option(
  'app-layer.protocols.pop3.max-tx',
  integer(1),
  256,
  'maximum commands without a response; beyond it the oldest is completed',
);

/** A server greets with `+OK`, a client begins with a command. */
function probe(bytes: Uint8Array, start: number, end: number, toServer: boolean): ProbeResult {
  if (end - start < (toServer ? 5 : 4)) return 'more';
  const head = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 5)));
  if (toServer)
    return /^(USER|APOP|AUTH|CAPA|STLS|QUIT|STAT|LIST|UIDL|PASS)([ \r\n])/i.test(head) ? 'yes' : 'no';
  return /^(\+OK|-ERR)/.test(head) ? 'yes' : 'no';
}

function connectionOf(session: Session<Pop3Transaction>): Connection {
  session.state ??= new Connection(session);
  return session.state as Connection;
}

function record({ command, args, response }: Pop3Transaction): string {
  const members = {
    ...(command !== undefined && { request: { command: latin1Text(command), args: args.map(latin1Text) } }),
    ...(response && {
      response: {
        success: response.status === 'OK',
        status: response.status,
        header: latin1Text(response.header),
        data: response.data.map(latin1Text),
      },
    }),
  };
  return `"pop3":${JSON.stringify(members)}`;
}

export default defineProtocol<Pop3Transaction>({
  name: 'pop3',
  transports: ['tcp'],
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: [],
  values: [],
  tests: [],
  recognition: { patterns: [{ toServer: false, bytes: '+OK ' }], ports: { tcp: [110] }, probe },
  options: [MAX_TRANSACTIONS],
  prepare: config => ({ maxTransactions: config.read(MAX_TRANSACTIONS) }),
  client: session => connectionOf(session).commands(),
  server: session => connectionOf(session).responses(),
  record,
});
