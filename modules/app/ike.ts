/** IKE versions 1 and 2 (RFC 2409, 7296): the unencrypted part. */
import type { OutputsByOption } from '../../engine/config/output-list.js';
import { defineProtocol, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { addMessage, EVENTS, type IkeTransaction } from './ike/exchange.js';
import { isBeginning } from './ike/header.js';
import { BUFFERS, TESTS, VALUES } from './ike/keywords.js';
import { IKE_OPTIONS, ikeSettings } from './ike/outputs.js';
import { ikeRecord, ikeRecords } from './ike/record.js';

export default defineProtocol<IkeTransaction>({
  name: 'ike',
  ruleNames: ['ike', 'ikev2'],
  transports: ['udp'],
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: BUFFERS,
  values: VALUES,
  tests: TESTS,
  recognition: {
    ports: { udp: [500] },
    probe: (bytes, start, end) => (isBeginning(bytes, start, end) ? 'yes' : 'no'),
  },
  datagram: (session, bytes, start, end, toServer) => addMessage(session, bytes.slice(start, end), toServer),
  options: IKE_OPTIONS,
  prepare: ikeSettings,
  record: transaction => ikeRecord(transaction, false),
  records: (transaction, settings) => ikeRecords(transaction, settings as OutputsByOption),
});
