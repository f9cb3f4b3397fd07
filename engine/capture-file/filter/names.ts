/** Names for numbers in filters, as in pcap-filter(7). */
import { readFileSync } from 'node:fs';

/** Offsets in headers, for `tcp[tcpflags]`. */
const OFFSETS: Readonly<Record<string, number>> = {
  icmptype: 0,
  icmpcode: 1,
  icmp6type: 0,
  icmp6code: 1,
  tcpflags: 13,
};

const TCP_FLAGS: Readonly<Record<string, number>> = {
  'tcp-fin': 0x01,
  'tcp-syn': 0x02,
  'tcp-rst': 0x04,
  'tcp-push': 0x08,
  'tcp-ack': 0x10,
  'tcp-urg': 0x20,
  'tcp-ece': 0x40,
  'tcp-cwr': 0x80,
};

/** RFC 792, 950, 1256. */
const ICMP_TYPES: Readonly<Record<string, number>> = {
  'icmp-echoreply': 0,
  'icmp-unreach': 3,
  'icmp-sourcequench': 4,
  'icmp-redirect': 5,
  'icmp-echo': 8,
  'icmp-routeradvert': 9,
  'icmp-routersolicit': 10,
  'icmp-timxceed': 11,
  'icmp-paramprob': 12,
  'icmp-tstamp': 13,
  'icmp-tstampreply': 14,
  'icmp-ireq': 15,
  'icmp-ireqreply': 16,
  'icmp-maskreq': 17,
  'icmp-maskreply': 18,
};

/** RFC 4443, 4861, 2710, 3810. */
const ICMP6_TYPES: Readonly<Record<string, number>> = {
  'icmp6-destinationunreach': 1,
  'icmp6-packettoobig': 2,
  'icmp6-timeexceeded': 3,
  'icmp6-parameterproblem': 4,
  'icmp6-echo': 128,
  'icmp6-echoreply': 129,
  'icmp6-multicastlistenerquery': 130,
  'icmp6-multicastlistenerreportv1': 131,
  'icmp6-multicastlistenerdone': 132,
  'icmp6-routersolicit': 133,
  'icmp6-routeradvert': 134,
  'icmp6-neighborsolicit': 135,
  'icmp6-neighboradvert': 136,
  'icmp6-redirect': 137,
  'icmp6-multicastlistenerreportv2': 143,
};

const CONSTANTS = new Map(Object.entries({ ...OFFSETS, ...TCP_FLAGS, ...ICMP_TYPES, ...ICMP6_TYPES }));

/** A number in C syntax, or the name of one; undefined for anything else. */
export function numberOf(word: string): number | undefined {
  const named = CONSTANTS.get(word);
  if (named !== undefined) return named;
  if (/^0x[0-9a-f]{1,8}$/i.test(word)) return Number.parseInt(word, 16);
  if (/^0[0-7]{1,11}$/.test(word)) return inRange(Number.parseInt(word, 8));
  return /^\d{1,10}$/.test(word) ? inRange(Number(word)) : undefined;
}

function inRange(value: number): number | undefined {
  return value <= 0xffff_ffff ? value : undefined;
}

/** Services known without the system's list (IANA's registry). */
const SERVICES: Readonly<Record<string, number>> = {
  'ftp-data': 20,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  tftp: 69,
  http: 80,
  kerberos: 88,
  pop3: 110,
  sunrpc: 111,
  ntp: 123,
  'netbios-ns': 137,
  'netbios-dgm': 138,
  'netbios-ssn': 139,
  imap: 143,
  imap2: 143,
  snmp: 161,
  'snmp-trap': 162,
  bgp: 179,
  ldap: 389,
  https: 443,
  'microsoft-ds': 445,
  syslog: 514,
  submission: 587,
  ldaps: 636,
  imaps: 993,
  pop3s: 995,
  mysql: 3306,
  'ms-wbt-server': 3389,
  sip: 5060,
  postgresql: 5432,
  'http-alt': 8080,
};
const SERVICES_FILE = '/etc/services';

/** Port of a service by its name; undefined if unknown. */
export function portOfService(name: string): number | undefined {
  return Object.hasOwn(SERVICES, name) ? SERVICES[name] : systemServices().get(name);
}

function systemServices(): Map<string, number> {
  const ports = new Map<string, number>();
  for (const line of servicesText().split('\n')) {
    const [name, port, ...aliases] = line.replace(/#.*$/, '').trim().split(/\s+/);
    const number = Number.parseInt(port ?? '', 10);
    if (name === undefined || !(number <= 0xffff)) continue;
    for (const each of [name, ...aliases]) if (!ports.has(each)) ports.set(each, number);
  }
  return ports;
}

function servicesText(): string {
  try {
    return readFileSync(SERVICES_FILE, 'utf8');
  } catch {
    return '';
  }
}
