/** NFS versions 2, 3 and 4 (RFC 1094, 1813, 7530) over TCP and UDP. */

import { integer, option } from '../../engine/config/option.js';
import { fileBuffers, fileData, fileTests } from '../../engine/files/file-keywords.js';
import { filesMember } from '../../engine/files/file-record.js';
import { fileSettings } from '../../engine/files/file-settings.js';
import { bodyMemory } from '../../engine/files/inspected-body.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import {
  type BufferDeclaration,
  defineProtocol,
  type Probe,
  type ProbeResult,
  REQUEST_AND_RESPONSE,
  type TestDeclaration,
  type ValueDeclaration,
} from '../../engine/protocol.js';
import { NfsConversation } from './nfs/conversation.js';
import { FRAMES } from './nfs/frames.js';
import { nfsRecord } from './nfs/record.js';
import { records } from './nfs/records.js';
import { NFS, readCall } from './nfs/rpc.js';
import { COMPLETE, EVENTS, type NfsTransaction, STARTED } from './nfs/transaction.js';
import type { NfsSession, NfsSettings } from './nfs/transfers.js';
import { Xdr } from './nfs/xdr.js';

const MOST_TRANSACTIONS = option(
  'app-layer.protocols.nfs.max-tx',
  integer(1),
  1024,
  'calls of a connection without a reply, and files that are read or written; the oldest is given up beyond',
);
const AT = { direction: 'either', begun: STARTED, closed: COMPLETE } as const;
/** Bytes of contents that a thread keeps for inspection. */
const MEMORY = 64 << 20;
/** Shortest call that says something (NULL says nothing), and where its fields lie. */
const SHORTEST = 44;
const LONGEST_FRAGMENT = 1 << 24;

/** A call of the program NFS; replies do not say whose they are. */
const probe: Probe = (bytes, start, end, toServer, transport) => {
  if (transport === 'udp') return toServer ? probeCall(bytes, start, end, SHORTEST) : 'no';
  if (end - start < 28) return 'more';
  const fragment = new Xdr(bytes, start, end).uint32() & 0x7fffffff;
  if (fragment < 24 || fragment > LONGEST_FRAGMENT) return 'no';
  if (toServer) return probeCall(bytes, start + 4, end, 40);
  const reply = new Xdr(bytes, start + 8, end);
  const isReply = reply.uint32() === 1 && reply.uint32() <= 1 && reply.uint32() <= 6;
  return isReply ? 'yes' : 'no';
};

function probeCall(bytes: Uint8Array, start: number, end: number, shortest: number): ProbeResult {
  if (end - start < shortest) return 'no';
  const call = readCall(new Xdr(bytes, start, end));
  return call && call.program === NFS && call.version >= 2 && call.version <= 4 ? 'yes' : 'no';
}

function conversationOf(session: NfsSession): NfsConversation {
  session.state ??= new NfsConversation(session);
  return session.state as NfsConversation;
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
    summary: `${name} of a call`,
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
  options: [MOST_TRANSACTIONS],
  prepare: (config, shared): NfsSettings => ({
    files: fileSettings(config, shared),
    memory: bodyMemory(MEMORY),
    mostTransactions: config.read(MOST_TRANSACTIONS),
  }),
  client: session => records(session, () => conversationOf(session), true),
  server: session => records(session, () => conversationOf(session), false),
  datagram(session, bytes, start, end, toServer) {
    const conversation = conversationOf(session);
    const place = { at: 0, length: end - start, mark: 0 };
    if (toServer) conversation.call(bytes, start, end, place);
    else conversation.reply(bytes, start, end, place);
  },
  bodyLength: ({ transfer }, toServer) =>
    transfer?.toServer === toServer ? transfer.body.visible : undefined,
  record: nfsRecord,
  alertMembers: filesMember,
  release: ({ transfer }) => transfer?.body.release(),
});
