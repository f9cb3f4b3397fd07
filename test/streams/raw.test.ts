/** `stream.reassembly.raw`: whether signatures inspect streams, or packets only. */
import { describe, expect, it } from 'vitest';
import { handshake, replay, segment } from './replay.js';

const PACKETS = [
  ...handshake(),
  segment(true, 'PA', 0, 0, 'GET /one HTTP/1.1\r\nHo'),
  segment(false, 'A', 0, 21),
  segment(true, 'PA', 21, 0, 'st: two\r\n\r\n'),
  segment(false, 'A', 0, 32),
  segment(false, 'PA', 0, 32, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  segment(true, 'A', 32, 38),
];
const RULES = [
  'alert tcp any any -> any any (content:"Host: two"; sid:1;)',
  'alert tcp any any -> any any (content:"GET /one"; sid:2;)',
  'alert tcp any any -> any any (content:"GET /one"; flow:only_stream; sid:3;)',
  'alert http any any -> any any (http.host; content:"two"; sid:4;)',
  'alert tcp-stream any any -> any any (content:"st: two"; sid:5;)',
];

async function alerts(...words: string[]): Promise<number[]> {
  const records = await replay({ packets: PACKETS, rules: RULES, words });
  return records.map(({ alert }) => alert.signature_id as number).sort();
}

describe('stream.reassembly.raw', () => {
  it('yes: contents match across segments', async () => {
    expect(await alerts()).toEqual([1, 2, 3, 4, 5]);
  });

  it.each(['ids', 'ips'])(
    'no: contents match in packets only, while parsers read streams (%s)',
    async mode => {
      const words = ['--set', 'stream.reassembly.raw=no', ...(mode === 'ips' ? ['--simulate-ips'] : [])];
      const found = (await alerts(...words)).filter(sid => sid < 5);
      expect(found).toEqual([2, 4]);
    },
  );
});
