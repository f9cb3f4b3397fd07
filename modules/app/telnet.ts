/** Telnet (RFC 854): recognised by its commands; commands and lines are frames. */
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, type ProbeResult, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { DONT, IAC, readCommandsAndLines, SB, WILL } from './telnet/reading.js';

const NAMES = { name: 'telnet', transports: ['tcp'] } as const;

/** Both sides begin with option negotiation. */
function probe(bytes: Uint8Array, start: number, end: number): ProbeResult {
  if (bytes[start] !== IAC) return 'no';
  if (end - start < 3) return 'more';
  const command = bytes[start + 1]!;
  return command === SB || (command >= WILL && command <= DONT) ? 'yes' : 'no';
}

export default defineProtocol({
  ...NAMES,
  ...REQUEST_AND_RESPONSE,
  events: [],
  buffers: [],
  values: [],
  tests: [],
  frames: declareFrames(NAMES, ['ctl', 'data']),
  recognition: { ports: { tcp: [23] }, probe },
  client: session => readCommandsAndLines(session, true),
  server: session => readCommandsAndLines(session, false),
  record: () => '',
});
