/** The PostgreSQL protocol, version 3 (PostgreSQL documentation, chapter "Frontend/Backend Protocol"). */
import type { Session } from '../../engine/application/session.js';
import { defineProtocol, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { Backend } from './pgsql/backend.js';
import { Connection } from './pgsql/connection.js';
import { Frontend } from './pgsql/frontend.js';
import { probe } from './pgsql/recognition.js';
import { PGSQL_OPTIONS, pgsqlSettings } from './pgsql/settings.js';
import { COMPLETE, EVENTS, type PgsqlTransaction, pgsqlRecord } from './pgsql/transaction.js';

function connectionOf(session: Session<PgsqlTransaction>): Connection {
  session.state ??= new Connection(session);
  return session.state as Connection;
}

export default defineProtocol<PgsqlTransaction>({
  name: 'pgsql',
  transports: ['tcp'],
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: [
    {
      keyword: 'pgsql.query',
      direction: 'to_server',
      progress: COMPLETE,
      summary: 'Text of a simple query.',
      get: ({ query }) => query,
    },
  ],
  values: [],
  tests: [],
  recognition: { ports: { tcp: [5432] }, probe },
  options: PGSQL_OPTIONS,
  prepare: pgsqlSettings,
  client: session => new Frontend(connectionOf(session)).messages(),
  server: session => new Backend(connectionOf(session)).messages(),
  record: pgsqlRecord,
});
