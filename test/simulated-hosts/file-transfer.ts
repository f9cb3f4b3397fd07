/** FTP (RFC 959) with one data connection opened by the client, and one opened by the server. */
import { client, server, type Turn } from '../fuzz/conversation-turns.js';
import type { Ends } from './capture.js';
import { FILE, type ProtocolConversation } from './protocol-conversations.js';

export interface DataConnection {
  readonly talk: ProtocolConversation;
  readonly ends: Ends;
  /** The data connection begins after the client has received this much on the control connection. */
  readonly heard: number;
}

/** An address and a port in the notation of commands. */
const place = (address: string, port: number) => [...address.split('.'), port >> 8, port & 255].join(',');

export function fileTransfer({ client: user, server: host }: Ends): {
  talk: ProtocolConversation;
  data: DataConnection[];
} {
  const passive: Ends = {
    client: { ...user, port: user.port + 1 },
    server: { ...host, port: user.port - 8000 },
  };
  const active: Ends = { client: { ...host, port: 20 }, server: { ...user, port: user.port + 2 } };
  const login: Turn[] = [
    server('220 hi\r\n'),
    client('USER joe\r\n'),
    server('331 pw\r\n'),
    client('PASS x\r\n'),
    server('230 in\r\n'),
  ];
  const fetched: Turn[] = [
    client('PASV\r\n'),
    server(`227 Entering Passive Mode (${place(host.address, passive.server.port)})\r\n`),
    client('RETR needle.txt\r\n'),
    server('150 go\r\n'),
  ];
  const stored: Turn[] = [
    server('226 done\r\n'),
    client(`PORT ${place(user.address, active.server.port)}\r\n`),
    server('200 ok\r\n'),
    client('STOR up.txt\r\n'),
    server('150 go\r\n'),
  ];
  const turns = [
    ...login,
    ...fetched,
    ...stored,
    server('226 done\r\n'),
    client('QUIT\r\n'),
    server('221 bye\r\n'),
  ];
  const data = (name: string, ends: Ends, heard: number): DataConnection => ({
    talk: { name, serverPort: ends.server.port, turns: [server(FILE)] },
    ends,
    heard,
  });
  return {
    talk: { name: 'files', serverPort: 21, turns },
    data: [
      data('fetched', passive, heardIn([...login, ...fetched])),
      data('stored', active, heardIn([...login, ...fetched, ...stored])),
    ],
  };
}

const heardIn = (turns: readonly Turn[]) =>
  turns.filter(({ toServer }) => !toServer).reduce((sum, { bytes }) => sum + bytes.length, 0);
