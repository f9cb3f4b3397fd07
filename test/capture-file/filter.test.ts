import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../engine/capture-file/filter.js';
import {
  arp,
  ethernet,
  fragment,
  hex,
  icmp,
  ipv4,
  ipv6,
  nullLoop,
  packet,
  sll,
  tcp,
  udp,
  vlan,
} from '../packets/builder.js';

const A = '10.0.0.1';
const B = '192.168.7.9';
const A6 = '2001:db8::1';
const B6 = '2001:db8:1::2';

/** Packets by name; link type 1 unless another is given. */
const PACKETS: Record<string, { data: Uint8Array; linkType?: number }> = {
  web: {
    data: packet(ethernet(), ipv4({ source: A, destination: B }), tcp({ sport: 40000, dport: 80 }), 'GET'),
  },
  back: {
    data: packet(ethernet(), ipv4({ source: B, destination: A }), tcp({ sport: 80, dport: 40000 })),
  },
  dns: {
    data: packet(
      ethernet(),
      ipv4({ source: A, destination: '8.8.8.8' }),
      udp({ sport: 5353, dport: 53 }),
      'q',
    ),
  },
  ping: { data: packet(ethernet(), ipv4({ source: A, destination: B }), icmp()) },
  six: {
    data: packet(ethernet(), ipv6({ source: A6, destination: B6 }), tcp({ sport: 1000, dport: 443 })),
  },
  tagged: {
    data: packet(ethernet(), vlan(7), ipv4({ source: A, destination: B }), tcp({ sport: 1, dport: 22 })),
  },
  arp: { data: packet(ethernet(), arp()) },
  raw: {
    data: packet(ipv4({ source: A, destination: B }), udp({ sport: 1, dport: 53 })),
    linkType: 101,
  },
  cooked: {
    data: packet(sll(), ipv4({ source: B, destination: B }), udp({ sport: 1, dport: 53 })),
    linkType: 113,
  },
  loop: {
    data: packet(nullLoop(), ipv4({ source: B, destination: B }), tcp({ sport: 1, dport: 25 })),
    linkType: 0,
  },
};

const matches = (expression: string): string => {
  const filter = compileFilter(expression)!;
  const names = Object.keys(PACKETS).filter(name => {
    const { data, linkType = 1 } = PACKETS[name]!;
    return filter(data, 0, data.length, data.length, linkType);
  });
  return names.join(' ');
};

describe('packet filters', () => {
  it.each([
    ['tcp', 'web back six tagged loop'],
    ['udp', 'dns raw cooked'],
    ['icmp', 'ping'],
    ['ip6', 'six'],
    ['arp', 'arp'],
    ['ip and not tcp', 'dns ping raw cooked'],
    ['port 53', 'dns raw cooked'],
    ['tcp port 80', 'web back'],
    ['src port 80', 'back'],
    ['dst port 80 or 22', 'web tagged'],
    ['portrange 20-30', 'tagged loop'],
    ['host 8.8.8.8', 'dns'],
    [`src host ${B}`, 'back cooked loop'],
    [`dst ${B}`, 'web ping tagged raw cooked loop'],
    [`src and dst host ${B}`, 'cooked loop'],
    [`src or dst ${A} and udp`, 'dns raw'],
    ['net 8.0.0.0/8', 'dns'],
    ['net 8', 'dns'],
    ['dst net 192.168 mask 255.255.0.0', 'web ping tagged raw cooked loop'],
    ['net 2001:db8:1::/48', 'six'],
    ['host 2001:db8::1', 'six'],
    ['ip6 host 2001:db8::1 and port 443', 'six'],
    ['vlan', 'tagged'],
    ['vlan 7 and tcp', 'tagged'],
    ['vlan 8', ''],
    ['ip proto 1', 'ping'],
    ['ip proto \\udp', 'dns raw cooked'],
    ['ether proto 0x0806', 'arp'],
    ['(tcp or udp) and (port 53 or port 80)', 'web back dns raw cooked'],
    ['tcp && !port 80', 'six tagged loop'],
    ['udp || icmp', 'dns ping raw cooked'],
    ['not (ip or ip6)', 'arp'],
    ['less 40', 'raw'],
    ['greater 70', 'six'],
    ['port 22', 'tagged'],
    ['net 8/8 or net 192.168/16 and udp', 'dns raw cooked'],
    ['tcp port http', 'web back'],
    ['port domain or https', 'dns six raw cooked'],
    ['portrange ftp-ssh', 'tagged'],
    ['portrange ftp-data-25', 'tagged loop'],
    ['len <= 40', 'raw'],
    ['len>=71', 'six'],
    ['len > 30 and len < 42', ''],
    ['tcp[tcpflags] & (tcp-syn|tcp-fin) = 0 and tcp[13]&tcp-ack!=0', 'web back six tagged loop'],
    ['tcp[0:2] = 40000', 'web'],
    ['tcp[2:2] = 0x50 || udp[2:2] == 53', 'web dns raw cooked'],
    ['(tcp[0:2] + tcp[2:2]) / 2 = 20040', 'web back'],
    ['((ip[0] & 0xf) << 2) = 20', 'web back dns ping tagged raw cooked loop'],
    ['ip[2:2] - 20 - 8 = 1 and len != 0', 'dns'],
    ['not ip[9] = 6', 'dns ping six arp raw cooked'],
    ['ip[16:4] = 0x08080808', 'dns'],
    ['ip[8 + 1] = 010 - 7', 'ping'],
    ['ip6[6] = 6', 'six'],
    ['ip6[24] = 0x20 and ip6[25:1] = 1', 'six'],
    ['icmp[icmptype] = icmp-echo', 'ping'],
    ['ether[12:2] = 0x8100', 'tagged'],
    ['arp[6:2] = 1', 'arp'],
    ['ether proto \\arp', 'arp'],
    ['ip multicast or ip6 multicast', ''],
    // Loading bytes beyond the end of a packet rejects the packet, even under `not` or `or`.
    ['not udp[100] = 1', 'web back ping six tagged arp loop'],
    ['udp[100] = 1 or udp', ''],
    ['1 / (len - len) = 0 or tcp', ''],
  ])('%s', (expression, expected) => {
    expect(matches(expression)).toBe(expected);
  });

  it('matches Ethernet addresses', () => {
    const { data } = PACKETS.web!;
    const text = [...data.subarray(6, 12)].map(byte => byte.toString(16).padStart(2, '0')).join(':');
    const filter = (expression: string) => compileFilter(expression)!(data, 0, data.length, data.length, 1);
    expect([filter(`ether src ${text}`), filter(`ether dst ${text}`), filter(`ether host ${text}`)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('matches multicast and broadcast of IP and Ethernet', () => {
    const data = packet(ethernet(), ipv4({ source: A, destination: '224.0.0.251' }), udp());
    const filter = (expression: string) => compileFilter(expression)!(data, 0, data.length, data.length, 1);
    expect(
      ['ip multicast', 'multicast', 'ether multicast', 'broadcast', 'ip6 multicast'].map(filter),
    ).toEqual([true, false, false, false, false]);
    data.fill(0xff, 0, 6);
    expect(['broadcast', 'ether broadcast', 'multicast'].map(filter)).toEqual([true, true, true]);
  });

  it('finds no ports in fragments other than the first', () => {
    const data = packet(
      ipv6({ source: A6, destination: B6 }),
      fragment({ offset: 8, moreFragments: false, next: 6 }),
      hex('0050 0050 0000 0000'),
    );
    const filter = (expression: string) => compileFilter(expression)!(data, 0, data.length, data.length, 101);
    expect([filter('ip6'), filter('port 80')]).toEqual([true, false]);
  });

  it('an empty filter is none', () => {
    expect(compileFilter('  ')).toBeUndefined();
  });

  it.each([
    ['tcp prt 80', /at "prt", expected an IP address/],
    ['host', /at the end, expected an address/],
    ['port 99999', /at "99999", expected a port/],
    ['portrange 9-1', /at "9-1", expected a port/],
    ['net 10.0.0.0/99', /expected a network/],
    ['net 10 mask 255.0.255.0', /expected a mask/],
    ['(tcp', /at the end, expected \)/],
    ['tcp )', /at "\)", expected and, or, or the end/],
    ['host example.org', /at "example.org", expected an IP address/],
    ['tcp prt 80', /character 5, at "prt"/],
    ['port 80 and tcp[13] & 2', /at the end, expected a comparison/],
    ['tcp[13', /at the end, expected \]/],
    ['tcp[13:3] = 1', /character 8, at "3", expected 1, 2 or 4/],
    ['len constructor 1', /at "constructor", expected a comparison/],
    ['bgp[13] = 1', /character 1, at "bgp", expected a protocol such as/],
    ['len > many', /character 7, at "many", expected a number, len/],
    ['len > 4294967296', /at "4294967296", expected a number/],
    ['(len > 10', /at the end, expected \)/],
    ['(10 > )', /character 7, at "\)", expected a number/],
    ['port nosuchservice', /expected a port from 0 to 65535, the name of a service/],
    ['portrange 80', /expected a port/],
    ['ip broadcast', /at "broadcast", expected/],
    [`len = ${'('.repeat(1000)}`, /expected at most 64 levels/],
    ['vlan 5000', /expected a number up to 4095/],
    ['ether host 1:2', /expected an Ethernet address/],
    ['ip proto 999', /expected an IP protocol/],
    ['('.repeat(1000), /expected at most 64 levels/],
    [`${'tcp or '.repeat(3000)}udp`, /more than 4096 words/],
  ])('%.30s is rejected', (expression, message) => {
    expect(() => compileFilter(expression)).toThrow(message);
  });

  it('random words are accepted, or rejected with a reason', () => {
    const words =
      'tcp udp ip ip6 arp ether [ ] ( ) & | ^ && || and or not ! = != < 13 0x1f 09 4294967296 len host net port ' +
      'portrange 10.0.0.1 10/8 80-90 http src dst vlan less proto \\tcp : - / * % << tcp-syn tcpflags multicast ::1 ' +
      'mask 255.0.0.0 constructor __proto__';
    const known = words.split(' ');
    const { data } = PACKETS.web!;
    let seed = 12_345;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    let taken = 0;
    for (let i = 0; i < 20_000; i++) {
      const expression = Array.from({ length: 1 + random(8) }, () => known[random(known.length)]).join(' ');
      try {
        const filter = compileFilter(expression)!;
        taken++;
        for (const length of [0, 13, 30, data.length]) filter(data, 0, length, length, 1);
      } catch (error) {
        expect((error as Error).name, expression).toBe('FilterError');
      }
    }
    expect(taken).toBeGreaterThan(100);
  });

  it('packets of any length are filtered without an error', () => {
    const filter = compileFilter('tcp port 80 or host 10.0.0.1 or vlan 3 or ip6')!;
    for (const { data, linkType = 1 } of Object.values(PACKETS)) {
      for (let length = 0; length <= data.length; length++)
        filter(data.slice(0, length), 0, length, length, linkType);
    }
  });
});
