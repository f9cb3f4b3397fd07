/**
 * Writes a capture of one HTTP response whose body is sent in segments of one byte each, acknowledged now and then:
 * `node dist/test/bench/one-byte-body.js FILE BYTES`. Checksums are zero: replay it with `-k none`.
 */
import { closeSync, openSync, writeSync } from 'node:fs';

const CLIENT = 0x0a000001;
const SERVER = 0x0a000002;
const HEADERS = 54;
const SYN = 2;
const ACK = 16;
const FIN = 1;
/** Bytes of the body between two acknowledgments. */
const ACKNOWLEDGED = 1000;

class Capture {
  private readonly file: number;
  private readonly buffer = Buffer.alloc(1 << 20);
  private used = 0;
  private packets = 0;
  /** Next sequence number of each side. */
  private client = 1000;
  private server = 5000;

  constructor(path: string) {
    this.file = openSync(path, 'w');
    this.buffer.writeUInt32LE(0xa1b2c3d4, 0);
    this.buffer.writeUInt16LE(2, 4);
    this.buffer.writeUInt16LE(4, 6);
    this.buffer.writeUInt32LE(65535, 16);
    this.buffer.writeUInt32LE(1, 20);
    this.used = 24;
  }

  send(fromClient: boolean, flags: number, data = ''): void {
    const length = HEADERS + data.length;
    if (this.used + 16 + length > this.buffer.length) this.flush();
    const { buffer } = this;
    const at = this.used;
    buffer.fill(0, at, at + 16 + length);
    buffer.writeUInt32LE(1_600_000_000 + Math.floor(this.packets / 50_000), at);
    buffer.writeUInt32LE((this.packets % 50_000) * 20, at + 4);
    buffer.writeUInt32LE(length, at + 8);
    buffer.writeUInt32LE(length, at + 12);
    this.writeHeaders(at + 16, fromClient, flags, data.length);
    buffer.write(data, at + 16 + HEADERS, 'latin1');
    this.used = at + 16 + length;
    this.packets++;
    const taken = data.length + ((flags & (SYN | FIN)) !== 0 ? 1 : 0);
    if (fromClient) this.client += taken;
    else this.server += taken;
  }

  private writeHeaders(at: number, fromClient: boolean, flags: number, length: number): void {
    const { buffer } = this;
    const ip = at + 14;
    const tcp = ip + 20;
    buffer.writeUInt16BE(0x0800, at + 12);
    buffer[ip] = 0x45;
    buffer.writeUInt16BE(40 + length, ip + 2);
    buffer[ip + 8] = 64;
    buffer[ip + 9] = 6;
    buffer.writeUInt32BE(fromClient ? CLIENT : SERVER, ip + 12);
    buffer.writeUInt32BE(fromClient ? SERVER : CLIENT, ip + 16);
    buffer.writeUInt16BE(fromClient ? 40_000 : 80, tcp);
    buffer.writeUInt16BE(fromClient ? 80 : 40_000, tcp + 2);
    buffer.writeUInt32BE(fromClient ? this.client : this.server, tcp + 4);
    buffer.writeUInt32BE((flags & ACK) === 0 ? 0 : fromClient ? this.server : this.client, tcp + 8);
    buffer[tcp + 12] = 0x50;
    buffer[tcp + 13] = flags;
    buffer.writeUInt16BE(65535, tcp + 14);
  }

  private flush(): void {
    writeSync(this.file, this.buffer, 0, this.used);
    this.used = 0;
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }
}

const [path, size] = process.argv.slice(2);
if (path === undefined || !(Number(size) > 0)) throw new Error('usage: one-byte-body FILE BYTES');
const capture = new Capture(path);
capture.send(true, SYN);
capture.send(false, SYN | ACK);
capture.send(true, ACK);
capture.send(true, ACK, 'GET /large HTTP/1.1\r\nHost: a\r\n\r\n');
capture.send(false, ACK, `HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
for (let i = 0; i < Number(size); i++) {
  capture.send(false, ACK, String.fromCharCode(97 + (i % 26)));
  if (i % ACKNOWLEDGED === ACKNOWLEDGED - 1) capture.send(true, ACK);
}
capture.send(true, ACK);
capture.send(false, FIN | ACK);
capture.send(true, FIN | ACK);
capture.send(false, ACK);
capture.close();
