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
  ])('%s', (expression, expected) => {
    expect(matches(expression)).toBe(expected);
  });

  it('knows Ethernet addresses', () => {
    const { data } = PACKETS.web!;
    const text = [...data.subarray(6, 12)].map(byte => byte.toString(16).padStart(2, '0')).join(':');
    const filter = (expression: string) => compileFilter(expression)!(data, 0, data.length, data.length, 1);
    expect([filter(`ether src ${text}`), filter(`ether dst ${text}`), filter(`ether host ${text}`)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('finds no ports in fragments behind the first', () => {
    const data = packet(
      ipv6({ source: A6, destination: B6 }),
      fragment({ offset: 8, moreFragments: false, next: 6 }),
      hex('0050 0050 0000 0000'),
    );
    const filter = (expression: string) => compileFilter(expression)!(data, 0, data.length, data.length, 101);
    expect([filter('ip6'), filter('port 80')]).toEqual([true, false]);
  });

  it('is nothing when empty', () => {
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
    ['tcp[13] & 2 != 0', /at "tcp\[13\]", expected an IP address/],
    ['vlan 5000', /expected a number up to 4095/],
    ['ether host 1:2', /expected an Ethernet address/],
    ['ip proto 999', /expected a protocol/],
    ['('.repeat(1000), /expected at most 64 levels/],
    [`${'tcp or '.repeat(3000)}udp`, /more than 4096 words/],
  ])('%.30s is refused', (expression, message) => {
    expect(() => compileFilter(expression)).toThrow(message);
  });

  it('looks at packets of any length without harm', () => {
    const filter = compileFilter('tcp port 80 or host 10.0.0.1 or vlan 3 or ip6')!;
    for (const { data, linkType = 1 } of Object.values(PACKETS)) {
      for (let length = 0; length <= data.length; length++)
        filter(data.slice(0, length), 0, length, length, linkType);
    }
  });
});
