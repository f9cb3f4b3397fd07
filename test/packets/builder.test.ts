import { describe, expect, test } from 'vitest';
import { stubThread } from '../thread-stub.js';
import {
  address6,
  arp,
  checksum,
  ethernet,
  fragment,
  gre,
  hex,
  icmp,
  ipv4,
  ipv6,
  packet,
  pcapFile,
  tcp,
  udp,
  vlan,
} from './builder.js';

const toHex = (data: Uint8Array) => Buffer.from(data).toString('hex');

describe('packets for tests', () => {
  test('a known TCP packet is built, with its checksums', () => {
    const layers = [ipv4({ id: 0 }), tcp({ flags: 'S', seq: 1 })];
    expect(toHex(packet(ethernet(), ...layers))).toBe(
      '020000000002020000000001080045000028000000004006' +
        '66ce0a0000010a000002' +
        '9c400050000000010000000050' +
        '02ffff' +
        'ff4e0000',
    );
  });

  test('checksums verify to zero', () => {
    const data = packet(ipv4(), udp(), 'odd');
    expect(checksum(data.subarray(0, 20))).toBe(0);
    const pseudo = hex('0a000001 0a000002 0011 000b');
    expect(checksum(pseudo, data.subarray(20))).toBe(0);
    expect(checksum(packet(icmp(), 'ping'))).toBe(0);
  });

  test('each layer announces the next', () => {
    expect(toHex(packet(ethernet(), vlan(5), arp()).subarray(12, 20))).toBe('8100000508060001');
    expect(packet(ipv6(), fragment(), udp())[6]).toBe(44);
    expect(packet(ipv4(), gre(), ipv6())[22]).toBe(0x86);
  });

  test('addresses are parsed', () => {
    expect(toHex(address6('2001:db8::1'))).toBe('20010db8000000000000000000000001');
    expect(toHex(address6('::'))).toBe('0'.repeat(32));
  });

  test('a pcap file has a header of 24 bytes, and 16 before each packet', () => {
    const file = pcapFile([packet(ethernet()), packet(ethernet())]);
    expect(file.length).toBe(24 + 2 * (16 + 14));
  });
});

describe('thread for tests', () => {
  test('packets have numbers and times, and can be released', () => {
    const thread = stubThread({ slots: 2 });
    const batch = thread.batch([packet(ipv4()), packet(ipv4())], { time: 10 });
    expect(thread.pool.available).toBe(0);
    thread.releaseBatch(batch);
    expect(thread.pool.idle).toBe(true);
    expect(() => thread.batch([packet(), packet(), packet()])).toThrow('no slots left');
  });
});
