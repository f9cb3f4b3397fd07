/** HTTP exchanges with mistakes of all kinds, the same for the same seed. */

import { deflateRawSync, gzipSync } from 'node:zlib';
import { type Random, randomNumbers } from '../pseudo-random.js';

const SNIPPETS = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /f HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
  'POST /f HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'POST /f HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 90\r\n\r\n',
  '--B\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nabc\r\n--B--\r\n',
  'CONNECT a:443 HTTP/1.1\r\n\r\n',
  'GET /old\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;e=x\r\nhello\r\n0\r\nT: x\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n',
  'HTTP/1.0 206 Part\r\nContent-Range: bytes 0-4/10\r\n\r\nhello',
  'HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n',
  `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 30\r\n\r\n${gzipSync('hello hello hello').toString('latin1')}`,
  `HTTP/1.1 200 OK\r\nContent-Encoding: deflate, gzip\r\n\r\n${deflateRawSync('hello').toString('latin1')}`,
  'HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n\x0b\x02\x80hello\x03',
  'X: y\r\n z\r\n',
  'Content-Length: 99999999999999999999\r\n',
  'A: b\r\n'.repeat(50),
  '\r\n',
  '\n',
  '\r',
  '\0',
  'ffffffff\r\n',
  '0\r\n\r\n',
  '%00%2e%u0041//..\\',
];

/** A small random number generator. */
export class RandomChoices {
  readonly below: Random;

  constructor(seed: number) {
    this.below = randomNumbers(seed);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

/** Data of one side: concatenated pieces with bytes changed, removed and repeated. */
export function mutatedHttp(choices: RandomChoices): Buffer {
  let text = '';
  for (let i = choices.below(8); i >= 0; i--) text += choices.pick(SNIPPETS);
  const bytes = Buffer.from(text, 'latin1');
  for (let i = choices.below(6); i > 0 && bytes.length > 0; i--) {
    const at = choices.below(bytes.length);
    const kind = choices.below(3);
    if (kind === 0) bytes[at] = choices.below(256);
    else if (kind === 1) bytes.copyWithin(at, choices.below(bytes.length));
    else
      bytes.fill(
        choices.pick(['\r', '\n', ' ', ':', '0', '\0']),
        at,
        Math.min(bytes.length, at + choices.below(4)),
      );
  }
  return bytes;
}
