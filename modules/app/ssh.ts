/** SSH (RFC 4253): banners, and fingerprints of the algorithms that both sides offer. */

import type { Config } from '../../engine/config/config.js';
import { boolean, choice, option, text } from '../../engine/config/option.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol } from '../../engine/protocol.js';
import { usedKeywords } from '../../engine/used-keywords.js';
import { BUFFERS, HASSH_SWITCH, TESTS } from './ssh/keywords.js';
import { readSide, type SshSettings } from './ssh/reading.js';
import { sshRecord } from './ssh/record.js';
import {
  EVENTS,
  INNER_PROGRESS,
  PROGRESS_TO_CLIENT,
  PROGRESS_TO_SERVER,
  type SshTransaction,
} from './ssh/transaction.js';

const NAMES = { name: 'ssh', transports: ['tcp'] } as const;

const HASSH = option(
  HASSH_SWITCH,
  text,
  'auto',
  'log HASSH fingerprints: yes, no, or auto (if rules need them)',
);
const ENCRYPTION = option(
  'app-layer.protocols.ssh.encryption-handling',
  choice('track-only', 'bypass', 'full'),
  'track-only',
  'handling of a flow once it is encrypted: track-only, bypass, or full inspection',
);

function settings(config: Config, shared: Readonly<Record<string, unknown>>): SshSettings {
  const hassh = config.read(HASSH);
  return {
    hassh:
      hassh === 'auto'
        ? usedKeywords(shared).some(keyword => keyword.startsWith('ssh.hassh'))
        : boolean.parse(hassh) === true,
    encryptionHandling: config.read(ENCRYPTION),
  };
}

export default defineProtocol<SshTransaction>({
  ...NAMES,
  progressToServer: PROGRESS_TO_SERVER,
  progressToClient: PROGRESS_TO_CLIENT,
  innerProgress: INNER_PROGRESS,
  events: EVENTS,
  buffers: BUFFERS,
  frames: declareFrames(NAMES, ['record.hdr', 'record.data', 'record.pdu']),
  values: [],
  tests: TESTS,
  recognition: { patterns: [true, false].map(toServer => ({ toServer, bytes: 'SSH-' })) },
  options: [HASSH, ENCRYPTION],
  prepare: settings,
  client: session => readSide(session, true),
  server: session => readSide(session, false),
  record: (transaction, forAlert, given) =>
    sshRecord(transaction, forAlert || (given as SshSettings | undefined)?.hassh === true),
});
