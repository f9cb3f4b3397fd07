/** NTP (RFC 5905). */
import { defineProtocol, REQUEST_AND_RESPONSE, type ValueDeclaration } from '../../engine/protocol.js';
import { COMPLETE, EVENTS, HEADER_LENGTH, isPacket, NtpTransaction } from './ntp/packet.js';

function value(
  name: 'version' | 'mode' | 'stratum',
  summary: string,
  names?: Readonly<Record<string, number>>,
): ValueDeclaration<NtpTransaction> {
  return {
    keyword: `ntp.${name}`,
    bits: 8,
    direction: 'either',
    progress: COMPLETE,
    summary,
    get: transaction => [transaction[name]],
    ...(names && { names }),
  };
}

const MODES = { symmetric_active: 1, symmetric_passive: 2, client: 3, server: 4, broadcast: 5 };

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

export default defineProtocol<NtpTransaction>({
  name: 'ntp',
  transports: ['udp'],
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: [
    {
      keyword: 'ntp.reference_id',
      direction: 'either',
      progress: COMPLETE,
      summary: 'Reference identifier, four bytes.',
      get: ({ referenceId }) => referenceId,
    },
  ],
  values: [
    value('version', 'Protocol version.'),
    value('mode', 'Mode.', MODES),
    value('stratum', 'Stratum: distance from a primary clock.'),
  ],
  tests: [],
  recognition: {
    ports: { udp: [123] },
    probe: (bytes, start, end) => (isPacket(bytes, start, end) ? 'yes' : 'no'),
  },
  datagram(session, bytes, start, end, toServer) {
    const transaction = new NtpTransaction(session.transactionCount, bytes.slice(start, end), toServer);
    session.begin(transaction);
    session.advance(transaction, toServer, COMPLETE);
    if (end - start < HEADER_LENGTH) session.failed = true;
  },
  record({ version, mode, stratum, referenceId }) {
    const reference_id = [...referenceId].map(hex).join(':');
    return `"ntp":${JSON.stringify({ version, mode, stratum, reference_id })}`;
  },
});
