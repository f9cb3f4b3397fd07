/** NFS versions 2, 3 and 4 (RFC 1094, 1813, 7530) over TCP and UDP. */

import { integer, option, size } from '../../engine/config/option.js';
import { fileBuffers, fileData, fileTests } from '../../engine/files/file-keywords.js';
import { filesMember } from '../../engine/files/file-record.js';
import { fileSettings } from '../../engine/files/file-settings.js';
import { bodyMemory } from '../../engine/files/inspected-body.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import {
  type BufferDeclaration,
  defineProtocol,
  REQUEST_AND_RESPONSE,
  type TestDeclaration,
  type ValueDeclaration,
} from '../../engine/protocol.js';
import { NfsConnection } from './nfs/connection.js';
import { FRAMES } from './nfs/frames.js';
import { probe } from './nfs/recognition.js';
import { nfsRecord } from './nfs/record.js';
import { records } from './nfs/records.js';
import { COMPLETE, EVENTS, type NfsTransaction, STARTED } from './nfs/transaction.js';
import type { NfsSession, NfsSettings } from './nfs/transfers.js';

const MAX_TRANSACTIONS = option(
  'app-layer.protocols.nfs.max-tx',
  integer(1),
  1024,
  'maximum calls of a connection without a reply, and files being read or written; beyond it the oldest is closed',
);
const QUEUE_SIZE = option(
  'app-layer.protocols.nfs.max-queue-size',
  size,
  64 << 20,
  'maximum out-of-order bytes buffered of a file; 0: no limit',
);
const QUEUE_COUNT = option(
  'app-layer.protocols.nfs.max-queue-cnt',
  integer(0),
  64,
  'maximum out-of-order chunks buffered of a file; 0: no limit',
);
const AT = { direction: 'either', begun: STARTED, closed: COMPLETE } as const;
/** Maximum bytes of file contents kept for inspection per thread. */
const MEMORY = 64 << 20;
function connectionOf(session: NfsSession): NfsConnection {
  session.state ??= new NfsConnection(session);
  return session.state as NfsConnection;
}

function value(
  name: 'procedure' | 'version',
  get: (transaction: NfsTransaction) => number | undefined,
): ValueDeclaration<NfsTransaction> {
  return {
    keyword: `nfs_${name}`,
    aliases: [`nfs.${name}`],
    bits: 32,
    inclusive: true,
    direction: 'to_server',
    progress: STARTED,
    summary: `NFS ${name} of a call.`,
    get(transaction) {
      const found = get(transaction);
      return found === undefined ? [] : [found];
    },
  };
}

const NAMES = { name: 'nfs', transports: ['tcp', 'udp'] } as const;

export default defineProtocol<NfsTransaction>({
  ...NAMES,
  frames: declareFrames(NAMES, FRAMES),
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: [
    fileData(COMPLETE, ({ transfer }, toServer) =>
      transfer?.toServer === toServer ? transfer.body.store.view() : undefined,
    ),
    ...(fileBuffers(AT) as BufferDeclaration<NfsTransaction>[]),
  ],
  values: [value('procedure', ({ call }) => call?.procedure), value('version', ({ rpc }) => rpc?.version)],
  tests: fileTests(AT) as TestDeclaration<NfsTransaction>[],
  recognition: { ports: { tcp: [2049], udp: [2049] }, probe },
  options: [MAX_TRANSACTIONS, QUEUE_SIZE, QUEUE_COUNT],
  prepare: (config, shared): NfsSettings => ({
    files: fileSettings(config, shared),
    memory: bodyMemory(MEMORY),
    maxTransactions: config.read(MAX_TRANSACTIONS),
    queue: { size: config.read(QUEUE_SIZE), count: config.read(QUEUE_COUNT) },
  }),
  client: session => records(session, () => connectionOf(session), true),
  server: session => records(session, () => connectionOf(session), false),
  datagram(session, bytes, start, end, toServer) {
    const connection = connectionOf(session);
    const place = { at: 0, length: end - start, mark: 0 };
    if (!toServer) connection.reply(bytes, start, end, place);
    else
      for (
        let at = start, rest = connection.call(bytes, start, end, place);
        rest?.more && rest.length === 0;
      ) {
        at += rest.more.at;
        rest = at < end ? connection.addOperationsAfterData(rest.more, bytes, at, end) : undefined;
      }
  },
  bodyLength: ({ transfer }, toServer) =>
    transfer?.toServer === toServer ? transfer.body.visible : undefined,
  record: nfsRecord,
  alertMembers: filesMember,
  release: ({ transfer }) => transfer?.body.release(),
});
