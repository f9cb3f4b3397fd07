/** The packet of the record of a conversation's last transaction: the one that completes it, or the one that closes. */
import { expect, it } from 'vitest';
import { handshake, replay, segment } from './replay.js';

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const END_OF_HEADER = '\r\n\r\n';

/** The server's answer and its FIN are acknowledged together, in the 7th packet, by the client's FIN. */
function replied(answer: string): Uint8Array[] {
  const asked = REQUEST.length;
  const answerLength = answer.length;
  return [
    ...handshake(),
    segment(true, 'PA', 0, 0, REQUEST),
    segment(false, 'PA', 0, asked, answer),
    segment(false, 'FA', answerLength, asked),
    segment(true, 'FA', asked, answerLength + 1),
    segment(false, 'A', answerLength + 1, asked + 1),
  ];
}

it.each([
  ['with the acknowledgment of a response with a known length', 'Content-Length: 2', 7],
  ['with the last packet if the response lasts until the connection ends', 'Server: b', 8],
])('the record has the number of the packet %s', async (_, field, number) => {
  const packets = replied(`HTTP/1.1 200 OK\r\n${field}${END_OF_HEADER}ok`);
  const records = await replay({ packets, types: '[http]' });
  expect(records.map(({ pcap_cnt }) => pcap_cnt)).toEqual([number]);
});

it('data that is never acknowledged has no packet number at the end of the flow', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  const asked = REQUEST.length;
  const packets = [
    ...handshake(),
    segment(true, 'PA', 0, 0, REQUEST),
    segment(false, 'PA', 0, asked, answer),
    segment(true, 'A', asked, answer.length),
    segment(false, 'PA', answer.length, asked, answer),
  ];
  const records = await replay({ packets, types: '[anomaly]' });
  expect(records.map(({ pcap_cnt, pkt_src, anomaly }) => [pcap_cnt, pkt_src, anomaly.event])).toEqual([
    [undefined, 'stream (flow timeout)', 'UNABLE_TO_MATCH_RESPONSE_TO_REQUEST'],
  ]);
});
