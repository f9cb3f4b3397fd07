/** Mutated SMB: parsed without failure, with results independent of segmentation. */
import { describe, expect, test } from 'vitest';
import smb from '../../modules/app/smb.js';
import { bind, bindAck } from '../app/dcerpc/pdu-builder.js';
import * as Build from '../app/smb/message-builder.js';
import { record } from '../app/smb/message-builder.js';
import { Feed } from '../application/feed.js';
import { randomNumbers } from '../pseudo-random.js';
import { mutatedVariants } from './byte-mutator.js';

const all = (...messages: Uint8Array[]) => Buffer.concat(messages.map(each => record(each)));
const none = Buffer.alloc(0);
const client = all(
  Build.negotiate(0),
  Build.sessionSetup(1, Build.ntlmAnswer('D', 'joe', 'PC')),
  Build.treeConnect(2, '\\\\h\\IPC$'),
  Build.create(3, 'a.txt'),
  Build.write(4, 0, bind(1)),
  Build.read(5, 0, 1024),
  Build.write(6, 0, Buffer.alloc(3000, 'x'), 2),
  Build.close(7),
  Build.smb1(0x72, 1, none, Buffer.from('\x02NT LM 0.12\0', 'latin1')),
);
const server = all(
  Build.negotiated(0),
  Build.sessionAnswer(1),
  Build.treeAnswer(2, 2),
  Build.createAnswer(3),
  Build.writeAnswer(4, 100),
  Build.readAnswer(5, bindAck(1)),
  Build.closeAnswer(7),
  Build.smb1(0x72, 1, Buffer.alloc(34), none, { response: true }),
);

describe.each([1, 2, 3])('seed %i', seed => {
  test('mutated conversations give the same records whole and in pieces', () => {
    const random = randomNumbers(seed);
    const servers = [...mutatedVariants(seed + 100, 40, [server])];
    [...mutatedVariants(seed, 40, [client])].forEach((bytes, i) => {
      const message = (next: () => number) => {
        const feed = new Feed([smb], { serverPort: 445 });
        feed.pieces(true, bytes, next).pieces(false, servers[i]!, next).end();
        // Transactions that complete with the same packet are reported in the order in which they began.
        const records = feed.records.map(record => JSON.stringify(record)).sort();
        return [records, feed.files.map(({ file }) => [file.size, file.state])];
      };
      expect(message(() => 1 + random(200))).toEqual(message(() => 65_000));
    });
  });
});
