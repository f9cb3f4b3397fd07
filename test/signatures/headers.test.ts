import { describe, expect, test } from 'vitest';
import { allocateMemory, openMemory } from '../../engine/memory.js';
import * as Packet from '../../engine/packet.js';
import { signatureLanguage } from '../../signatures/language.js';
import type { CompileEnvironment } from '../../signatures/match-compiler.js';
import { hex, icmp, ipv4, ipv6, packet, tcp, udp } from '../packets/builder.js';
import { environment, inspection } from './inspect.js';
import { conditions, refusal } from './rules.js';

const language = signatureLanguage();

/** Offsets of headers, as set by the decoder. */
interface Layout {
  readonly version: 4 | 6;
  readonly protocol: number;
  readonly l4: number;
  readonly payload: number;
}

const OFFSET = 64;

/** Whether a condition holds for a packet that begins with its IP header. */
function holds(
  options: string,
  bytes: Uint8Array,
  { version, protocol, l4, payload }: Layout,
  further: Partial<CompileEnvironment> = {},
): boolean {
  const memory = openMemory(allocateMemory(1, 4096));
  const { row } = memory;
  memory.bytes.set(bytes, OFFSET);
  row[Packet.IP_VERSION] = version;
  row[Packet.PROTOCOL] = protocol;
  row[Packet.L3] = OFFSET;
  row[Packet.L4] = OFFSET + l4;
  row[Packet.PAYLOAD] = OFFSET + payload;
  row[Packet.PAYLOAD_LENGTH] = bytes.length - payload;
  if (protocol === 6) {
    const header = OFFSET + l4;
    row[Packet.TCP_FLAGS] = memory.bytes[header + 13]!;
    row[Packet.TCP_SEQ] = memory.view.getInt32(header + 4);
    row[Packet.TCP_ACK] = memory.view.getInt32(header + 8);
    row[Packet.TCP_WINDOW] = memory.view.getUint16(header + 14);
  }
  const at = inspection(memory.bytes, { memory });
  return conditions(options).every(match => language.condition(match, environment(further))!(at));
}

const TCP: Layout = { version: 4, protocol: 6, l4: 20, payload: 40 };

describe('IP', () => {
  const bytes = packet(ipv4({ id: 0x1234 }), tcp({ flags: 'S', seq: 0xfffffff0 }), 'hello');
  test.each<[string, boolean]>([
    ['ttl:64;', true],
    ['ttl:<64;', false],
    ['ttl:10-100;', true],
    ['id:4660;', true],
    ['id:!4660;', false],
    ['tos:0;', true],
    ['tos:x88;', false],
    ['tos:!x88;', true],
    ['l3_proto:ipv4;', true],
    ['l3_proto:IP6;', false],
    ['fragoffset:0;', true],
    ['ip_proto:6;', true],
    ['ip_proto:tcp;', true],
    ['ip_proto:!udp;', true],
    ['ip_proto:>6;', false],
    ['sameip;', false],
    ['ipopts:any;', false],
    ['dsize:5;', true],
    ['dsize:!5;', false],
    ['dsize:4<>6;', true],
    ['dsize:>=5;', true],
    ['seq:4294967280;', true],
    ['tcp.seq:>1;', true],
    ['ack:0;', true],
    ['window:65535;', true],
    ['flags:S;', true],
    ['flags:SA;', false],
    ['flags:+S;', true],
    ['flags:*SA;', true],
    ['flags:!S;', false],
    ['flags:S,12;', true],
    ['tcp.mss:>0;', false],
    ['itype:8;', false],
    ['icmp_id:1;', false],
    ['tcpv4-csum:valid;', true],
    ['tcpv4-csum:invalid;', false],
    ['ipv4-csum:valid;', true],
    ['udpv4-csum:valid;', false],
    ['vlan.layers:0;', true],
    ['vlan.id:5;', false],
  ])('%s matches: %s', (options, expected) => expect(holds(options, bytes, TCP)).toBe(expected));

  test('a wrong checksum matches invalid, and valid if checksums are ignored', () => {
    const broken = Uint8Array.from(bytes);
    broken[8] = 63;
    expect(holds('ipv4-csum:invalid;', broken, TCP)).toBe(true);
    broken[44] = 0x21;
    expect(holds('tcpv4-csum:invalid;', broken, TCP)).toBe(true);
    const ignored = { ignoresChecksums: true };
    expect(holds('tcpv4-csum:invalid;', broken, TCP, ignored)).toBe(false);
    expect(holds('tcpv4-csum:valid;', broken, TCP, ignored)).toBe(true);
    expect(holds('udpv4-csum:valid;', broken, TCP, ignored)).toBe(false);
  });

  test('TCP options match', () => {
    const withOptions = packet(ipv4(), tcp({ flags: 'S', options: hex('020405b4 01 030307') }));
    const layout = { ...TCP, payload: 48 };
    expect(holds('tcp.mss:1460;', withOptions, layout)).toBe(true);
    expect(holds('tcp.wscale:7;', withOptions, layout)).toBe(true);
    expect(holds('tcp.wscale:8;', withOptions, layout)).toBe(false);
  });

  test('IPv4 options match', () => {
    const withOptions = packet(ipv4({ options: hex('94040000') }), udp(), 'x');
    const layout: Layout = { version: 4, protocol: 17, l4: 24, payload: 32 };
    expect(holds('ipopts:rtralt;', withOptions, layout)).toBe(true);
    expect(holds('ipopts:any;', withOptions, layout)).toBe(true);
    expect(holds('ipopts:rr;', withOptions, layout)).toBe(false);
  });

  test('IPv6 headers match', () => {
    const v6 = packet(ipv6(), udp(), 'x');
    const layout: Layout = { version: 6, protocol: 17, l4: 40, payload: 48 };
    expect(holds('ttl:64;', v6, layout)).toBe(true);
    expect(holds('id:1;', v6, layout)).toBe(false);
    expect(holds('udpv6-csum:valid;', v6, layout)).toBe(true);
  });

  test('ICMP headers match', () => {
    const echo = packet(ipv4(), icmp({ type: 8, code: 0 }), 'ping');
    const layout: Layout = { version: 4, protocol: 1, l4: 20, payload: 28 };
    expect(holds('itype:8; icode:0;', echo, layout)).toBe(true);
    expect(holds('itype:>8;', echo, layout)).toBe(false);
    expect(holds('icmpv4-csum:valid;', echo, layout)).toBe(true);
  });
});

describe('invalid arguments', () => {
  test.each([
    'ttl:256;',
    'ttl:x;',
    'ttl:5-5;',
    'ttl:9-2;',
    'ttl:<0;',
    'ttl;',
    'id:65536;',
    'ip_proto:256;',
    'ip_proto:nothing;',
    'sameip:1;',
    'fragbits:X;',
    'fragbits:;',
    'ipopts:xyz;',
    'flags:Q;',
    'flags:+;',
    'flags:S,;',
    'itype:256;',
    'icmp_id:-1;',
    'vlan.id:x;',
    'vlan.id:4096;',
    'vlan.id:5,3;',
    'vlan.id:5,-4;',
    'vlan.layers:4;',
    'l3_proto:ipx;',
    'l3_proto:ipv4; l3_proto:ipv6;',
    'tos:x888;',
    'vlan.id:5,sometimes;',
    'dsize:65536;',
    'dsize:1<>2;',
    'dsize:>65535;',
    'ipv4-csum:maybe;',
    'tcp.hdr;',
    'seq:4294967296;',
  ])('%s is rejected', options => expect(refusal(options)).toBeDefined());
});
