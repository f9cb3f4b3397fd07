/** RFB, the protocol of VNC (RFC 6143): its handshake. The session itself is not parsed. */
import type { Session } from '../../engine/application/session.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, type ProbeResult, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { Handshake } from './rfb/handshake.js';
import { BUFFERS, VALUES } from './rfb/keywords.js';
import { rfbRecord } from './rfb/record.js';
import { EVENTS, type RfbTransaction } from './rfb/transaction.js';
import { parseVersion, VERSION_LENGTH } from './rfb/version.js';

const NAMES = { name: 'rfb', transports: ['tcp'] } as const;

function probe(bytes: Uint8Array, start: number, end: number): ProbeResult {
  if (end - start < VERSION_LENGTH) return 'more';
  return parseVersion(bytes.subarray(start, start + VERSION_LENGTH)) ? 'yes' : 'no';
}

function handshakeOf(session: Session<RfbTransaction>): Handshake {
  session.state ??= new Handshake(session);
  return session.state as Handshake;
}

export default defineProtocol<RfbTransaction>({
  ...NAMES,
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: BUFFERS,
  values: VALUES,
  tests: [],
  frames: declareFrames(NAMES, ['pdu']),
  recognition: {
    patterns: [
      { toServer: true, bytes: 'RFB ' },
      { toServer: false, bytes: 'RFB ' },
    ],
    probe,
  },
  client: session => handshakeOf(session).client(),
  server: session => handshakeOf(session).server(),
  record: rfbRecord,
});
