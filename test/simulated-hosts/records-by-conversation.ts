/** Records of a run by conversation, without what links change: times and counts of packets. */
import type { EveRecord } from '../streams/replay.js';
import { type Comparison, portOf } from './many-conversations.js';

const OF_PROTOCOLS = [
  ...[
    'dns',
    'ftp',
    'rdp',
    'nfs',
    'smb',
    'krb5',
    'rfb',
    'sip',
    'dnp3',
    'modbus',
    'ldap',
    'pop3',
    'ssh',
    'mqtt',
  ],
  ...['http2', 'pgsql', 'websocket', 'enip'],
];
/** As YAML in one line. */
export const TYPES = `[${[
  'alert: { metadata: yes }',
  'anomaly: { types: { applayer: yes, stream: yes } }',
  'frame: { enabled: yes }',
  'http: { dump-all-headers: both }',
  'tls: { extended: yes, ja4: yes }',
  'files: { force-hash: [md5, sha256] }',
  'smtp: { extended: yes }',
  'flow',
  'drop: { alerts: yes, flows: all }',
  ...OF_PROTOCOLS,
].join(', ')}]`;

export const RULES = [
  'alert http any any -> any any (msg:"uri"; http.uri; content:"needle=eye"; sid:1;)',
  'alert http any any -> any any (msg:"file"; flow:to_client; file.data; content:"NEEDLE-"; content:"-EYE"; distance:30; within:4; sid:2;)',
  'alert http any any -> any any (msg:"body"; http.request_body; content:"NEEDLE-"; content:"-EYE"; distance:30; sid:3;)',
  'alert smtp any any -> any any (msg:"mail"; file.data; content:"NEEDLE-"; content:"-EYE"; distance:30; sid:4;)',
  'alert tcp any any -> any any (msg:"raw"; flow:to_server; content:"NEEDLE-"; content:"-EYE"; distance:30; within:4; sid:5;)',
  'alert tcp any any -> any any (msg:"raw, back"; flow:to_client; pcre:"/NEEDLE-[a-z]{30}-EYE/"; sid:6;)',
  'alert dns any any -> any any (msg:"dns"; dns.query; content:"needle.example"; sid:7;)',
  'alert smb any any -> any any (msg:"smb"; file.name; content:"needle.txt"; sid:8;)',
  'alert tls any any -> any any (msg:"tls"; tls.sni; content:"a.example"; sid:9;)',
  'alert ssh any any -> any any (msg:"ssh"; ssh.software; content:"OpenSSH"; sid:10;)',
  'alert ftp any any -> any any (msg:"ftp"; ftp.command; content:"RETR"; sid:11;)',
  'alert tcp any any -> any any (msg:"shakes"; flow:established,to_server; content:"GET /one"; startswith; sid:12;)',
];

const OF_THE_LINK = new Set([
  ...[
    'timestamp',
    'flow_id',
    'pcap_cnt',
    'pkt_src',
    'src_ip',
    'dest_ip',
    'src_port',
    'dest_port',
    'vlan',
    'tunnel',
    'ip_v',
  ],
]);

/**
 * Rules for stream events that depend on the mode: inline they see each packet in its state, in IDS mode also packets
 * that are no longer part of the stream. How often they alert depends on the link.
 */
const RAW = new Set([5, 6, 12]);

/**
 * Segments that their receiver drops, too (RFC 7323 section 5.3), and a SYN that arrives after the handshake: nobody
 * needs them any more.
 */
const REFUSED = new Set([
  'stream.pkt_invalid_timestamp',
  'stream.est_syn_resend',
  'stream.est_synack_resend_with_different_ack',
  'stream.shutdown_syn_resend',
]);

/** Records that are missing and extra, by conversation. */
export type Differences = Readonly<Record<string, { missing: string[]; extra: string[] }>>;

/** Conversations whose records differ from those of the conversation they are compared with. */
export function differences(records: readonly EveRecord[], comparisons: readonly Comparison[]): Differences {
  const by = recordsByConversation(records);
  const found: Record<string, { missing: string[]; extra: string[] }> = {};
  for (const { name, port, like } of comparisons) {
    const [is, expected] = [by.get(port) ?? [], by.get(like) ?? []];
    if (is.join() !== expected.join())
      found[`${name}, port ${port}`] = { missing: without(expected, is), extra: without(is, expected) };
  }
  return found;
}

/** Items of one list that are missing in another, each as often as it is missing. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const rest = [...other];
  return list.filter(line => {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

/** Client and server addresses of FTP. */
const OWN_PORTS = /,\d+,\d+(?=[)"])|"dynamic_port":\d+,/g;

/** Texts of records by client port, sorted. */
export function recordsByConversation(records: readonly EveRecord[]): Map<number, string[]> {
  const by = new Map<number, string[]>();
  const refused = numbersOf(records, REFUSED);
  for (const record of records) {
    const { anomaly, alert, drop, frame, app_proto } = record;
    if (anomaly?.type === 'stream' || (drop && refused.has(record.pcap_cnt))) continue;
    // Their positions depend on which messages arrive together, as in Suricata.
    if (app_proto === 'mqtt' && frame && frame.type !== 'pdu') continue;
    const port = portOf(record);
    const lines = by.get(port) ?? [];
    by.set(port, lines);
    const line = JSON.stringify(known(record, record.dest_port !== port)).replace(OWN_PORTS, '');
    if (!RAW.has(alert?.signature_id) || !lines.includes(line)) lines.push(line);
  }
  for (const lines of by.values()) lines.sort();
  return by;
}

/** Numbers of the packets with such an event. */
const numbersOf = (records: readonly EveRecord[], events: ReadonlySet<string>) =>
  new Set(records.filter(({ anomaly }) => events.has(anomaly?.event)).map(({ pcap_cnt }) => pcap_cnt));

/** The members that do not depend on the packet of the record. */
function known(record: EveRecord, toServer: boolean): object {
  const { event_type, alert, tx_id, http, tls, dns, smb, fileinfo, frame, flow, app_proto } = record;
  if (alert) {
    const { signature_id } = alert;
    return { event_type, signature_id, toServer, tx_id, dns, of: http?.url ?? tls?.sni ?? smb?.filename };
  }
  if (fileinfo) return { event_type, fileinfo, app_proto, url: http?.url };
  if (frame) return { event_type, frame };
  if (flow) {
    const { state, reason, alerted } = flow;
    return { event_type, state, reason, alerted, app_proto };
  }
  return {
    ...Object.fromEntries(Object.entries(record).filter(([name]) => !OF_THE_LINK.has(name))),
    toServer,
  };
}
