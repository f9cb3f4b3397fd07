/** Protocol names in rule headers. */
import type { Protocol } from '../engine/protocol.js';
import { PACKET_HOOKS } from './firewall/hooks.js';
import { type HookPoint, hookPoint } from './hook-point.js';
import type { RuleProtocol } from './rule-context.js';

/** Network protocols, by all names that headers may use for them. */
const NETWORK: Readonly<Record<string, readonly string[]>> = {
  tcp: ['tcp'],
  'tcp-pkt': ['tcp-pkt'],
  'tcp-stream': ['tcp-stream'],
  udp: ['udp'],
  icmp: ['icmp'],
  icmpv4: ['icmpv4', 'icmp4'],
  icmpv6: ['icmpv6', 'icmp6'],
  sctp: ['sctp'],
  ip: ['ip'],
  ipv4: ['ipv4', 'ip4'],
  ipv6: ['ipv6', 'ip6'],
  pkthdr: ['pkthdr'],
  ether: ['ether'],
  arp: ['arp'],
  igmp: ['igmp'],
  esp: ['esp'],
  gre: ['gre'],
};

/** Application protocols that rules may name although no module parses them yet. */
const ABSENT =
  'http http1 http2 doh2 dns mdns llmnr tls ssl ssh smtp ftp ftp-data smb dcerpc nfs ntp tftp ike ikev2 krb5 quic dhcp ' +
  'snmp sip rfb mqtt pgsql telnet websocket ldap pop3 imap rdp enip dnp3 modbus bittorrent-dht jabber msn irc template';

/** @param protocols the available ones */
export function ruleProtocols(protocols: readonly Protocol[]): Map<string, RuleProtocol> {
  const known = new Map<string, RuleProtocol>();
  for (const name of ABSENT.split(' '))
    known.set(name, { name, kind: 'absent', transports: ['tcp', 'udp'], hooks: [] });
  for (const [name, words] of Object.entries(NETWORK)) {
    for (const word of words) known.set(word, { name, kind: 'network', transports: [], hooks: PACKET_HOOKS });
  }
  for (const protocol of protocols) {
    for (const name of [protocol.name, ...(protocol.ruleNames ?? [])]) {
      const before = known.get(name);
      const others =
        before?.kind === 'application'
          ? before
          : { transports: [], hooks: [], points: undefined, files: false, events: undefined };
      known.set(name, {
        name,
        kind: 'application',
        transports: [...new Set([...others.transports, ...protocol.transports])],
        hooks: [...new Set([...others.hooks, ...hooksOf(protocol)])],
        events: new Set([...(others.events ?? []), ...protocol.events]),
        points: others.points ?? pointsOf(protocol),
        files: others.files === true || carriesFiles(protocol),
      });
    }
  }
  return known;
}

/** Files carried by a variant do not count for rules on its other names. */
function carriesFiles({ tests, variantOf }: Protocol): boolean {
  return variantOf === undefined && tests.some(({ keyword }) => keyword === 'filename');
}

function pointsOf(protocol: Protocol): Map<string, HookPoint> {
  return new Map(hooksOf(protocol).map(hook => [hook, hookPoint(protocol, hook)!]));
}

function hooksOf(protocol: Protocol): string[] {
  const generic = ['request_started', 'request_complete', 'response_started', 'response_complete'];
  return [...new Set([...generic, ...protocol.progressToServer, ...protocol.progressToClient])].filter(
    name => !protocol.innerProgress?.includes(name),
  );
}
