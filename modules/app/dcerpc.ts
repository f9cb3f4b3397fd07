/** DCE/RPC (C706, MS-RPCE) over TCP and UDP. In named pipes it is handled by SMB. */
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, type Probe, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { Connection } from './dcerpc/connection.js';
import { processDatagram } from './dcerpc/datagrams.js';
import { dceBuffers, dceTests } from './dcerpc/keywords.js';
import { HEADER, isFromClient, isFromServer, readDatagramHeader, readHeader } from './dcerpc/pdu.js';
import {
  COMPLETE,
  DCERPC_OPTIONS,
  type DcerpcSession,
  type DcerpcTransaction,
  dcerpcRecord,
  dcerpcSettings,
} from './dcerpc/transaction.js';

const probe: Probe = (bytes, start, end, toServer, transport) => {
  if (transport === 'udp') return readDatagramHeader(bytes, start, end) ? 'yes' : 'no';
  if (bytes[start] !== 5) return 'no';
  if (end - start < HEADER) return 'more';
  const pdu = readHeader(bytes, start);
  if (!pdu) return 'no';
  const isReversed = toServer ? isFromServer(pdu.type) : isFromClient(pdu.type);
  return isReversed ? 'yes-but-reversed' : 'yes';
};

function connectionOf(session: DcerpcSession): Connection {
  session.state ??= new Connection(session);
  return session.state as Connection;
}

const callOf = ({ call }: DcerpcTransaction) => call;
const AT = { progress: COMPLETE };

const NAMES = { name: 'dcerpc', transports: ['tcp', 'udp'] } as const;

export default defineProtocol<DcerpcTransaction>({
  ...NAMES,
  frames: declareFrames(NAMES, ['hdr', 'data', 'pdu']),
  ...REQUEST_AND_RESPONSE,
  events: [],
  buffers: dceBuffers(callOf, AT),
  values: [],
  tests: dceTests(callOf, AT),
  recognition: {
    patterns: [
      { toServer: true, bytes: '\x05\x00' },
      { toServer: false, bytes: '\x05\x00' },
      { toServer: true, bytes: '\x04' },
      { toServer: false, bytes: '\x04' },
    ],
    probe,
  },
  options: DCERPC_OPTIONS,
  record: dcerpcRecord,
  prepare: dcerpcSettings,
  client: session => connectionOf(session).read(true),
  server: session => connectionOf(session).read(false),
  datagram: processDatagram,
});
