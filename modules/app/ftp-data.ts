/** Data connections of FTP: recognised by the announcement on a control connection. */

import { fileBuffers, fileData, fileTests } from '../../engine/files/file-keywords.js';
import { filesMember, printable } from '../../engine/files/file-record.js';
import { fileSettings } from '../../engine/files/file-settings.js';
import { bodyMemory } from '../../engine/files/inspected-body.js';
import {
  type BufferDeclaration,
  defineProtocol,
  REQUEST_AND_RESPONSE,
  type TestDeclaration,
} from '../../engine/protocol.js';
import {
  COMPLETE,
  type FtpDataSettings,
  type FtpDataTransaction,
  readFile,
  STARTED,
} from './ftp-data/transfer.js';

const COMMANDS = ['retr', 'stor', 'appe', 'stou', 'list', 'nlst', 'mlsd'];
const AT = { direction: 'either', begun: STARTED, closed: COMPLETE } as const;
/** Maximum bytes of file contents kept for inspection per thread. */
const MEMORY = 64 << 20;

export default defineProtocol<FtpDataTransaction>({
  name: 'ftp-data',
  transports: ['tcp'],
  ...REQUEST_AND_RESPONSE,
  events: [],
  buffers: [
    fileData(COMPLETE, ({ body, toServer }, direction) =>
      direction === toServer ? body?.store.view() : undefined,
    ),
    ...(fileBuffers(AT) as BufferDeclaration<FtpDataTransaction>[]),
  ],
  values: [],
  tests: [
    {
      keyword: 'ftpdata_command',
      direction: 'either',
      progress: STARTED,
      summary: 'Command that opened the data connection.',
      grammar: 'stor | retr',
      parse(argument) {
        const command = (argument ?? '').trim().toLowerCase();
        if (!COMMANDS.includes(command)) throw new Error(`"${argument}" is none of ${COMMANDS.join(', ')}`);
        return command;
      },
      matches: ({ announced }, _, parsed) => announced.command.toLowerCase() === parsed,
    },
    ...(fileTests(AT) as TestDeclaration<FtpDataTransaction>[]),
  ],
  recognition: {},
  prepare: (config, shared): FtpDataSettings => ({
    files: fileSettings(config, shared),
    memory: bodyMemory(MEMORY),
  }),
  record: ({ announced }) =>
    `"ftp_data":${JSON.stringify({ filename: printable(announced.filename), command: announced.command })}`,
  alertMembers: filesMember,
  bodyLength: ({ body, toServer }, direction) => (direction === toServer ? body?.visible : undefined),
  client: session => readFile(session, true),
  server: session => readFile(session, false),
  release: ({ body }) => body?.release(),
});
