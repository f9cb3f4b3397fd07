/** Parsing of queue messages by the addon: any socket can deliver them. */
import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { readdirSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as Queue from '../../engine/native/queue.js';
import { type Native, native } from '../../engine/native.js';

const addon = native() as Native;
const NFQNL_MSG_PACKET = 3 << 8;
const PACKET_HDR = 1;
const MARK = 3;
const PAYLOAD = 10;
const CT = 11;
const CT_INFO = 12;
const CTA_STATUS = 3;
const CTA_MARK = 8;
const CTA_ID = 12;

const big = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

function attribute(type: number, value: Buffer, length = value.length): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(length + 4, 0);
  header.writeUInt16LE(type, 2);
  return Buffer.concat([header, value, Buffer.alloc(-value.length & 3)]);
}

const packetHeader = (id: number): Buffer =>
  attribute(PACKET_HDR, Buffer.concat([big(id), Buffer.from([8, 0, 2])]));

function message(...attributes: Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.alloc(4), ...attributes]);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(16 + body.length, 0);
  header.writeUInt16LE(NFQNL_MSG_PACKET, 4);
  return Buffer.concat([header, body]);
}

/** File descriptors of this process that are sockets. */
function openSockets(): number[] {
  const isSocket = (fd: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  };
  return readdirSync('/proc/self/fd').filter(isSocket).map(Number);
}

describe.runIf(addon)('messages of a netfilter queue', () => {
  let socket: Socket;
  let fd: number;
  const bytes = new Uint8Array(8192);
  const packets = new Uint32Array(4 * Queue.QUEUED_INTS);
  const tally = new Uint32Array(Queue.TALLY_INTS);

  beforeAll(async () => {
    const before = openSockets();
    socket = createSocket('udp4');
    await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
    fd = openSockets().find(each => !before.includes(each))!;
  });

  afterAll(() => {
    socket.close();
  });

  /** Sends and receives before Node's own event loop can. */
  function received(sent: Buffer): number {
    tally.fill(0);
    const one = 'dd bs=64k iflag=fullblock status=none';
    execFileSync('bash', ['-c', `${one} > /dev/udp/127.0.0.1/${socket.address().port}`], { input: sent });
    return addon.queueReceive(fd, bytes, 8, bytes.length, 1024, packets, tally);
  }

  it('give a packet and its metadata', () => {
    const whole = message(
      packetHeader(77),
      attribute(MARK, big(5)),
      attribute(PAYLOAD, Buffer.from('packet')),
    );
    expect(received(whole)).toBe(1);
    expect(packets[Queue.QUEUED_ID]).toBe(77);
    expect(packets[Queue.QUEUED_MARK]).toBe(5);
    expect([packets[Queue.QUEUED_LENGTH], packets[Queue.QUEUED_WIRE_LENGTH]]).toEqual([6, 6]);
    const at = packets[Queue.QUEUED_DATA]!;
    expect(Buffer.from(bytes.subarray(at, at + 6)).toString()).toBe('packet');
    expect(packets[Queue.QUEUED_CONNTRACK]).toBe(0);
  });

  it('give its conntrack information', () => {
    const connection = Buffer.concat([
      attribute(CTA_STATUS, big(0x18e)),
      attribute(CTA_MARK, big(42)),
      attribute(CTA_ID, big(4_000_000_000)),
    ]);
    const whole = message(
      packetHeader(1),
      attribute(PAYLOAD, Buffer.from('x')),
      attribute(CT, connection),
      attribute(CT_INFO, big(3)),
    );
    expect(received(whole)).toBe(1);
    const at = packets[Queue.QUEUED_CONNTRACK]!;
    expect(at).toBe(8);
    expect([...new Uint32Array(bytes.slice(at, at + 16).buffer)]).toEqual([3, 4_000_000_000, 42, 0x18e]);
  });

  it.each<[string, Buffer]>([
    ['without a packet header', message(attribute(PAYLOAD, Buffer.from('x')))],
    ['with a short packet header', message(attribute(PACKET_HDR, big(1)))],
    ['with an attribute beyond the end', message(packetHeader(1), attribute(PAYLOAD, Buffer.from('x'), 500))],
    ['with an attribute shorter than its header', message(packetHeader(1), Buffer.from([1, 0, 10, 0]))],
    ['of another type', Buffer.alloc(20, 1)],
    ['that are too short', Buffer.alloc(3)],
  ])('messages %s are counted as strange', (_, bad) => {
    expect(received(bad)).toBe(0);
    expect(tally[Queue.TALLY_STRANGE]).toBe(1);
  });
});
