/**
 * Cases of `../shared/vectors/ip-frag.json`: the datagram that each operating system reassembles from a sequence of
 * fragments.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as Packet from '../../engine/packet.js';
import { HOST_OS } from '../../engine/stream/host-os-policy.js';
import { type Decoder, decoder } from '../decode/decoder.js';
import { concat, ethernet, fragment, ipv4, ipv6, packet, u16 } from '../packets/builder.js';

const FILE = new URL('../../../shared/vectors/ip-frag.json', import.meta.url);

interface FragmentSpec {
  off: number;
  data: string;
  mf: number;
  udp?: { dport: number; length: number };
  proto?: number;
  ttl?: number;
  tos?: number;
  df?: number;
  id_plus?: number;
}

interface Measured {
  policies: string[] | 'all';
  datagrams: string[];
  events: string[];
}

interface Case {
  id: string;
  family: (4 | 6)[];
  fragments: FragmentSpec[];
  policies: Record<string, string | null>;
  disputed?: Record<string, unknown>;
  os?: Record<string, string | null>;
  measured?: Record<'ipv4' | 'ipv6', { 'linux-6.18': { datagrams: string[] }; 'suricata-8.0.7': Measured[] }>;
  notes?: string;
}

const cases: Case[] = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : [];
if (cases.length === 0) console.warn('skipped: ../shared/vectors/ip-frag.json is absent');

/** One case names `other`, which no engine supports. */
const isHostOs = (name: string) => (HOST_OS as readonly string[]).includes(name);

const UDP = 17;
/** Names without a host operating system, or equal to another one. */
const EDGE_POLICIES = ['bsd', 'bsd-right', 'linux', 'old-solaris', 'solaris', 'windows'];

/**
 * Measured on an engine that compares a new fragment with one or two neighbours only; comparison with all overlapping
 * fragments, as here, gives another result.
 */
const NEIGHBOURS_ONLY: Record<string, string[]> = {
  'EDGE-09': ['old-solaris', 'windows', 'solaris'],
  'EDGE-10': ['old-solaris', 'windows', 'solaris'],
  'EDGE-47': ['old-solaris', 'windows', 'linux'],
};

/**
 * Measured: a last fragment that loses all its bytes is discarded, and the end of the datagram with it. Here the end
 * is kept.
 */
const END_FORGOTTEN: Record<string, string[]> = {
  'EDGE-46': ['bsd', 'linux', 'old-solaris', 'solaris', 'windows'],
};

function fragmentPackets(spec: FragmentSpec[], family: 4 | 6, protocol: number): Uint8Array[] {
  return spec.map(f => {
    const data = concat(f.udp ? concat(u16(4000), u16(f.udp.dport), u16(f.udp.length), u16(0)) : '', f.data);
    const header = { offset: f.off, moreFragments: f.mf === 1, id: 77 + (f.id_plus ?? 0) };
    if (family === 4) {
      const fields = {
        ttl: f.ttl ?? 64,
        tos: f.tos ?? 0,
        dontFragment: f.df === 1,
        protocol: f.proto ?? protocol,
      };
      return packet(ethernet(), ipv4({ ...header, ...fields }), data);
    }
    const fields = { hopLimit: f.ttl ?? 64, trafficClass: f.tos ?? 0 };
    return packet(ethernet(), ipv6(fields), fragment({ ...header, next: f.proto ?? protocol }), data);
  });
}

async function decoderFor(policy: string): Promise<Decoder> {
  return decoder({ config: { 'host-os-policy': { [policy]: ['0.0.0.0/0', '::/0'] } } });
}

/** Payloads of the reassembled IP packets, and the names of all events. */
async function reassemble(policy: string, packets: Uint8Array[], wantUdp: boolean) {
  const { thread, one } = await decoderFor(policy);
  const payloads: string[] = [];
  const events = new Set<string>();
  for (const data of packets) {
    const slots = one(data);
    for (const slot of slots) {
      for (const event of thread.events(slot)) events.add(event);
      const reassembled = thread.field(slot, Packet.PSEUDO) === Packet.PSEUDO_REASSEMBLED;
      const whole = !(thread.field(slot, Packet.FLAGS) & Packet.FLAG_FRAGMENT);
      const transport = thread.field(slot, Packet.L4) > 0;
      if (reassembled || whole) if (!wantUdp || transport) payloads.push(udpText(thread, slot, wantUdp));
    }
    thread.release(slots);
  }
  expect(thread.pool.idle).toBe(true);
  return { payloads, events: [...events].sort() };
}

function udpText(thread: Decoder['thread'], slot: number, wantUdp: boolean): string {
  const port = thread.field(slot, Packet.DESTINATION_PORT);
  return (wantUdp && port !== 7777 ? `port${port}:` : '') + thread.payload(slot);
}

describe.skipIf(cases.length === 0)('fragments with stated or measured bytes', () => {
  const rows = cases
    .filter(c => !c.measured && Object.keys(c.policies).length > 0)
    .flatMap(c =>
      c.family.flatMap(family =>
        Object.entries({ ...c.policies, 'linux-6': c.os?.['linux-6.18'] })
          .filter(
            ([policy, bytes]) => isHostOs(policy) && bytes !== undefined && !(policy in (c.disputed ?? {})),
          )
          .map(([policy, bytes]) => [c.id, family, policy, c, bytes] as const),
      ),
    );

  test('more than 1,500 cases are tested', () => expect(rows.length).toBeGreaterThan(1500));

  test.each(rows)('%s IPv%i %s', async (_id, family, policy, c, bytes) => {
    // A protocol without a decoder: the payload is the datagram.
    const packets = fragmentPackets(c.fragments, family, 253);
    if (c.id === 'S8-BADPROTO')
      packets[1] = fragmentPackets([{ ...c.fragments[1]!, proto: 254 }], family, 253)[0]!;
    const { payloads } = await reassemble(policy, packets, false);
    expect(payloads).toEqual(bytes === null || bytes === undefined ? [] : [bytes]);
  });
});

describe.skipIf(cases.length === 0)('edge cases of fragments', () => {
  const edge = cases.filter(c => c.measured).flatMap(c => c.family.map(family => [c.id, family, c] as const));

  test.each(edge)('%s IPv%i', async (id, family, c) => {
    const packets = fragmentPackets(c.fragments, family, UDP);
    const measured = c.measured![family === 4 ? 'ipv4' : 'ipv6'];
    for (const policy of EDGE_POLICIES) {
      if (NEIGHBOURS_ONLY[id]?.includes(policy) || END_FORGOTTEN[id]?.includes(policy)) continue;
      const expected = measured['suricata-8.0.7'].find(
        m => m.policies === 'all' || m.policies.includes(policy),
      )!;
      const got = await reassemble(policy, packets, true);
      expect({ policy, ...got }).toEqual({
        policy,
        payloads: expected.datagrams,
        events: [...expected.events].sort(),
      });
    }
  });

  test.each(edge)('%s IPv%i as Linux 6', async (_id, family, c) => {
    const { payloads } = await reassemble('linux-6', fragmentPackets(c.fragments, family, UDP), true);
    expect(payloads).toEqual(c.measured![family === 4 ? 'ipv4' : 'ipv6']['linux-6.18'].datagrams);
  });
});
