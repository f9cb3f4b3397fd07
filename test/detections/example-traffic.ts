/** Traffic in which each example detection finds something, and traffic in which it must not. */
import { createHash } from 'node:crypto';
import { concat, u8, u16 } from '../packets/builder.js';
import { type Cut, type Ends, Traffic, WHOLE } from './traffic.js';

const ends = (client: string, clientPort: number, server: string, serverPort: number): Ends => ({
  client,
  clientPort,
  server,
  serverPort,
});

/** By name of the example. */
export const EXAMPLE_TRAFFIC: Readonly<Record<string, (traffic: Traffic) => void>> = {
  beaconing(traffic) {
    for (let call = 0; call < 9; call++) {
      const clicks = [0, 3, 50, 4, 120, 9, 30, 70, 2][call]!;
      traffic.connection(ends('10.0.0.5', 40001 + call, '203.0.113.7', 443), [['client', 'hello']]);
      traffic.pass(clicks / 4);
      traffic.connection(ends('10.0.0.6', 40001 + call, '203.0.113.8', 443), [['client', 'a click']]);
      traffic.pass(60 - clicks / 4);
    }
  },
  'dns-tunnelling'(traffic) {
    for (let i = 0; i < 14; i++) {
      const data = createHash('sha256').update(`piece ${i}`).digest('base64url').slice(0, 40);
      const question = (name: string) => dnsQuestion(i, name);
      traffic.datagram(ends('10.0.0.7', 50000, '10.0.0.1', 53), question(`${data}.t.evil.example`));
      traffic.datagram(ends('10.0.0.7', 50001, '10.0.0.1', 53), question(`www${i}.good.example`));
    }
  },
  'ssh-brute-force'(traffic) {
    for (let i = 0; i < 6; i++) {
      traffic.connection(ends('10.0.0.8', 41000 + i, '10.0.0.2', 22), [
        ['server', 'SSH-2.0-x\r\n'],
        ['client', 'SSH-2.0-y\r\n'],
        ['client', 'key exchange and a password'],
        ['server', 'no'],
      ]);
      traffic.pass(1);
    }
    traffic.connection(ends('10.0.0.18', 41000, '10.0.0.2', 22), [['client', 'w'.repeat(12_000)]]);
  },
  'port-scan'(traffic) {
    for (let port = 1; port <= 20; port++) traffic.refused(ends('10.0.0.9', 42000, '10.0.0.2', port));
    for (let i = 0; i < 20; i++) traffic.refused(ends('10.0.0.19', 42000 + i, '10.0.0.2', 8080));
  },
  'modbus-policy'(traffic) {
    const read = '\x00\x01\x00\x00\x00\x06\x01\x03\x00\x00\x00\x0a';
    const write = '\x00\x02\x00\x00\x00\x06\x01\x05\x00\x01\xff\x00';
    traffic.connection(ends('10.0.0.10', 43000, '10.0.0.3', 502), [
      ['client', read + read],
      ['server', '\x00\x01\x00\x00\x00\x03\x01\x03\x00'],
      ['client', write + read],
    ]);
    traffic.connection(ends('10.0.0.11', 43000, '10.0.0.3', 502), [['client', read.repeat(5)]]);
  },
  'ftp-guessed-password'(traffic) {
    traffic.connection(ends('10.0.0.12', 44000, '10.0.0.4', 21), [
      ['server', '220 ready\r\n'],
      ...['a', 'b', 'c'].flatMap(
        password =>
          [
            ['client', `USER root\r\nPASS ${password}\r\n`],
            ['server', '331 password\r\n530 no\r\n'],
          ] as const,
      ),
      ['client', 'USER root\r\nPASS root\r\n'],
      ['server', '331 password\r\n230 in\r\n'],
      ['client', 'RETR passwd\r\nRETR shadow\r\nQUIT\r\n'],
    ]);
  },
  'ssh-unexpected-port'(traffic) {
    traffic.connection(ends('10.0.0.13', 45000, '203.0.113.9', 443), [
      ['server', 'SSH-2.0-OpenSSH_9.6\r\n'],
      ['client', 'SSH-2.0-z\r\n'],
    ]);
    traffic.connection(ends('10.0.0.13', 45001, '203.0.113.9', 8080), [
      ['client', 'GET / HTTP/1.1\r\n\r\n'],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nSSH-2.0-x'],
    ]);
  },
};

export function exampleCapture(name: string, cut: Cut = WHOLE): Uint8Array {
  const traffic = new Traffic(cut);
  EXAMPLE_TRAFFIC[name]!(traffic);
  return traffic.file();
}

/** All traffic, one conversation after the other. */
export function allTraffic(cut: Cut = WHOLE): Uint8Array {
  const traffic = new Traffic(cut);
  for (const make of Object.values(EXAMPLE_TRAFFIC)) {
    make(traffic);
    traffic.pass(1);
  }
  return traffic.file();
}

function dnsQuestion(id: number, name: string): Uint8Array {
  const labels = name.split('.').flatMap(label => [u8(label.length), label]);
  return concat(u16(id), u16(0x0100), u16(1), u16(0), u16(0), u16(0), ...labels, u8(0), u16(16), u16(1));
}
