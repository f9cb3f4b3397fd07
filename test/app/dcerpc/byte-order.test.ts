/** `dce` uses the byte order of the current PDU, and does not affect later packets. */
import { expect, it } from 'vitest';
import { ethernet, ipv4, packet, udp } from '../../packets/builder.js';
import { conversation, replay, type Turn } from '../../streams/replay.js';
import { bind, bindAck, request, response } from './pdu-builder.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const CALL: Turn[] = [
  [true, text(bind(1))],
  [false, text(bindAck(1))],
  [true, text(request(2, 3, '\x05\0\0\0'))],
  [false, text(response(2, 'x'))],
];
const RULES = [
  'alert dcerpc any any -> any any (dce_stub_data; byte_test:4,=,5,0,dce; sid:1;)',
  'alert udp any any -> any any (byte_test:4,=,0x05000000,0,dce; sid:2;)',
];

it('byte_test with dce uses the byte order of its PDU only', async () => {
  const packets = [...conversation(CALL), packet(ethernet(), ipv4(), udp(), '\x05\0\0\0')];
  const records = await replay({ packets, rules: RULES, words: ['--set', 'threading.batch-size=1'] });
  expect(records.map(({ alert }) => alert.signature_id)).toEqual([1, 2]);
});
