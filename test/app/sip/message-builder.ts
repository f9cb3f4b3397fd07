/** SIP messages, for tests. */
export const lines = (...list: string[]): string => list.map(line => `${line}\r\n`).join('');

export const SDP = lines(
  'v=0',
  'o=alice 1 2 IN IP4 192.0.2.1',
  's=call',
  'c=IN IP4 192.0.2.1',
  't=0 0',
  'r=7d 1h 0',
  'a=tool:x',
  'm=audio 4000 RTP/AVP 0',
  'i=voice',
  'b=AS:64',
  'a=sendrecv',
  'm=video 4002 RTP/AVP 31',
);
export const INVITE = lines(
  'INVITE sip:bob@example.org SIP/2.0',
  'v: SIP/2.0/UDP 192.0.2.1;branch=1',
  'Via: SIP/2.0/UDP 192.0.2.3;branch=2',
  'f: <sip:alice@example.org>',
  'Subject: one',
  ' line',
  'c: application/sdp',
  `l: ${SDP.length}`,
  '',
).concat(SDP);
export const TRYING = lines('SIP/2.0 100 Trying', 'Content-Length: 0', '');
