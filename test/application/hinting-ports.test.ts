/** Flows whose ports on both sides belong to known protocols. */
import { expect, it } from 'vitest';
import { Recogniser } from '../../engine/application/recognition.js';
import { Config } from '../../engine/config/config.js';
import dns from '../../modules/app/dns.js';
import ntp from '../../modules/app/ntp.js';
import quic from '../../modules/app/quic.js';

const recogniser = new Recogniser([dns, ntp, quic] as never, new Config({}));

const ntpResponse = Uint8Array.of(0x1c, ...new Array<number>(47).fill(0));
const dnsResponse = Buffer.from(
  '\0\x01\x81\x80\0\x01\0\x01\0\0\0\0\x05hosts\x03com\0\0\x01\0\x01\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\0\0\x01',
  'latin1',
);

it.each([
  ['to a port of no protocol', ntpResponse, 123, 40000, { protocol: ntp, reversed: false }],
  ['of NTP to the QUIC port', ntpResponse, 123, 443, { protocol: ntp, reversed: false }],
  ['of DNS to the QUIC port', dnsResponse, 53, 443, { protocol: dns, reversed: true }],
  ['of DNS to the NTP port', dnsResponse, 53, 123, { protocol: dns, reversed: true }],
  ['of DNS between ports of other protocols', dnsResponse, 123, 443, 'none'],
])('the first packet of a flow may be a response: %s', (_, bytes, from, to, recognised) => {
  expect(recogniser.recognise('udp', true, to, from, bytes, 0, bytes.length)).toEqual(recognised);
});
