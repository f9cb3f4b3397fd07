import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIRST_APPLICATION_EVENT } from '../../engine/application/packet-events.js';
import { Config } from '../../engine/config/config.js';
import * as Event from '../../engine/event.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import { REASON_RULES } from '../../engine/verdict.js';
import eve from '../../modules/eve.js';
import {
  alert,
  event,
  fillFlow,
  linesOf,
  outputThread,
  recordsOf,
  SIGNATURE,
  set,
  tcpPacket,
} from './occurrence.js';

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'UTC';
});
afterAll(() => {
  process.env.TZ = zone;
});

/** A list of outputs with one eve-log of these types and settings. */
const log = (types: unknown[], settings = {}) => [{ 'eve-log': { enabled: true, types, ...settings } }];

const HEADER = {
  timestamp: '2016-07-13T22:42:07.573103+0000',
  flow_id: 2 ** 33 - 1,
  pcap_cnt: 1,
  src_ip: '192.0.2.1',
  src_port: 1234,
  dest_ip: '198.51.100.2',
  dest_port: 80,
  proto: 'TCP',
  ip_v: 4,
  pkt_src: 'wire/pcap',
};

const ALERT = {
  action: 'allowed',
  gid: 1,
  signature_id: 1000001,
  rev: 2,
  signature: 'an "evil" thing ✓',
  category: 'Misc activity',
  severity: 3,
  metadata: { created_at: ['2018-01-30'] },
};

describe('alert', () => {
  test('has the common members, the signature, the flow so far and the members of its creator', async () => {
    const thread = outputThread(log(['alert']));
    const slot = alert(
      thread,
      tcpPacket(thread, 'evil'),
      '"http":{"url":"/a,b"},"metadata":{"flowbits":["x"]}',
    );
    const [record] = await recordsOf(thread, eve, slot);
    expect(record).toEqual({
      ...HEADER,
      event_type: 'alert',
      alert: ALERT,
      app_proto: 'http',
      http: { url: '/a,b' },
      metadata: { flowbits: ['x'] },
      direction: 'to_server',
      flow: {
        pkts_toserver: 2,
        pkts_toclient: 1,
        bytes_toserver: 150,
        bytes_toclient: 70,
        start: '2016-07-13T22:42:00.000001+0000',
        src_ip: '192.0.2.1',
        src_port: 1234,
        dest_ip: '198.51.100.2',
        dest_port: 80,
      },
    });
  });

  test.each([
    ['alert in ids mode', 'alert', 'ids', undefined, 'allowed'],
    ['drop in ids mode', 'drop', 'ids', undefined, 'allowed'],
    ['drop in ips mode', 'drop', 'ips', undefined, 'blocked'],
    ['reject in ids mode', 'rejectdst', 'ids', undefined, 'blocked'],
    ['an alert turned into a drop by its rate', 'alert', 'ips', Packet.VERDICT_DROP, 'blocked'],
    ['a drop turned into an alert by its rate', 'drop', 'ips', Packet.VERDICT_NONE, 'allowed'],
    ['a drop turned into a pass', 'drop', 'ips', Packet.VERDICT_PASS, 'allowed'],
  ] as const)('has the action of %s', async (_what, action, mode, taken, logged) => {
    const thread = outputThread(log(['alert']), [{ ...SIGNATURE, action }], { 'engine-mode': mode });
    const [record] = await recordsOf(
      thread,
      eve,
      alert(thread, tcpPacket(thread, ''), '', {
        [Event.ALERT_ACTION]: taken ?? Packet.VERDICT_NONE,
        [Event.ALERT_FLAGS]: taken === undefined ? 0 : Event.ALERT_ACTION_CHANGED,
      }),
    );
    expect(record).toMatchObject({ alert: { action: logged } });
  });

  test('has payload, packet and verdict if configured', async () => {
    const settings = {
      payload: true,
      'payload-printable': true,
      'payload-length': true,
      packet: true,
      verdict: true,
    };
    const thread = outputThread(log([{ alert: { ...settings, 'payload-buffer-size': 8 } }]));
    const root = tcpPacket(thread, 'a"\\\t\r\n\0é and more');
    set(thread, root, { [Packet.VERDICT]: Packet.VERDICT_REJECT });
    const [record] = await recordsOf(thread, eve, alert(thread, root));
    expect(record).toMatchObject({
      payload: Buffer.from('a"\\\t\r\n\0é', 'latin1').toString('base64'),
      payload_printable: 'a"\\.\r\n..',
      payload_length: 17,
      stream: 0,
      packet_info: { linktype: 1, linktype_name: 'EN10MB' },
      verdict: { action: 'drop', 'reject-target': 'to_client', reject: ['tcp-reset'] },
    });
    expect(Buffer.from(String(record!.packet), 'base64').subarray(54).toString('latin1')).toContain(
      ' and more',
    );
  });

  test('in a stream has the payload of the stream', async () => {
    const thread = outputThread(log([{ alert: { 'payload-printable': true } }]));
    const root = tcpPacket(thread, 'packet');
    const data = thread.field(tcpPacket(thread, 'whole stream'), Packet.PAYLOAD);
    set(thread, root, { [Packet.STREAM_DATA]: data, [Packet.STREAM_LENGTH]: 12 });
    const inStream = { [Event.ALERT_FLAGS]: Event.ALERT_IN_STREAM };
    const own = { ...inStream, [Event.ALERT_DATA]: data + 6, [Event.ALERT_DATA_LENGTH]: 6 };
    const records = await recordsOf(
      thread,
      eve,
      alert(thread, root, '', inStream),
      alert(thread, root, '', own),
    );
    expect(records).toMatchObject([
      { payload_printable: 'whole stream', stream: 1 },
      { payload_printable: 'stream', stream: 1 },
    ]);
  });

  test('can have parts of the metadata disabled', async () => {
    const parts = { flow: false, 'app-layer': false, rule: { raw: true, metadata: false, reference: true } };
    const thread = outputThread(log([{ alert: { metadata: parts } }], { metadata: false }));
    const members = '"http":{},"metadata":{},"alert":{"context":{"a":1}}';
    const [record] = await recordsOf(thread, eve, alert(thread, tcpPacket(thread, ''), members));
    expect(Object.keys(record!)).not.toEqual(expect.arrayContaining(['http']));
    expect(record).not.toHaveProperty('flow');
    expect(record).not.toHaveProperty('metadata');
    const { metadata: _, ...rest } = ALERT;
    const more = { rule: SIGNATURE.text, references: ['https://example.com/1'], context: { a: 1 } };
    expect(record!.alert).toEqual({ ...rest, ...more });
  });

  test('has the target of the attack, also for a packet to the client', async () => {
    const thread = outputThread(log(['alert']), [{ ...SIGNATURE, target: 'src_ip' }]);
    const [record] = await recordsOf(thread, eve, alert(thread, tcpPacket(thread, '')));
    expect(record!.alert).toMatchObject({
      target: { ip: '192.0.2.1', port: 1234 },
      source: { ip: '198.51.100.2', port: 80 },
    });
  });

  test('at the end of a flow has the members of the flow', async () => {
    const thread = outputThread(log(['alert']));
    const root = tcpPacket(thread, '', {
      [Packet.PSEUDO]: Packet.PSEUDO_FLOW_END,
      [Packet.IP_VERSION]: 0,
      [Packet.FLOW_STATE]: 0,
    });
    const [record] = await recordsOf(thread, eve, alert(thread, root));
    expect(record).toMatchObject({
      src_ip: '198.51.100.2',
      src_port: 80,
      direction: 'to_client',
      pkt_src: 'stream (flow timeout)',
    });
    expect(record).not.toHaveProperty('pcap_cnt');
  });

  test.each([
    [0, 7, 'wire/pcap'],
    [Packet.STREAM_END, undefined, 'stream (flow timeout)'],
  ])(
    'in a stream has the number of a packet unless the stream has ended (%i)',
    async (flags, number, source) => {
      const thread = outputThread(log(['alert']));
      const p = tcpPacket(thread, '', {
        [Packet.PSEUDO]: Packet.PSEUDO_STREAM,
        [Packet.STREAM_FLAGS]: flags,
        [Packet.NUMBER]: 7,
      });
      const [record] = await recordsOf(thread, eve, alert(thread, p));
      expect([record!.pcap_cnt, record!.pkt_src]).toEqual([number, source]);
    },
  );

  test('in a tunnel has the members of the tunnel', async () => {
    const thread = outputThread(log(['alert']));
    const outer = tcpPacket(thread, '', { [Packet.PROTOCOL]: 47 });
    const inner = tcpPacket(thread, '', {
      [Packet.PSEUDO]: Packet.PSEUDO_TUNNEL,
      [Packet.TUNNEL_KIND]: 3,
      [Packet.ROOT]: outer,
      [Packet.RECURSION]: 1,
    });
    const [record] = await recordsOf(thread, eve, alert(thread, inner));
    expect(record).toMatchObject({
      pkt_src: 'gre tunnel',
      tunnel: { src_ip: '192.0.2.1', proto: 'GRE', depth: 1, pcap_cnt: 1, pkt_src: 'wire/pcap' },
    });
  });
});

test('an eve-log has options: file, prefix, capture file, MAC addresses, Community ID, version, VLANs', async () => {
  const settings = {
    ...{ filename: 'other.json', prefix: '@cee: ', 'pcap-file': true, ethernet: true },
    ...{ 'community-id': true, 'suricata-version': true },
  };
  const thread = outputThread(log(['alert'], settings), [SIGNATURE], { 'sensor-name': 'here' });
  const root = tcpPacket(thread, '', {
    [Packet.VLAN_COUNT]: 2,
    [Packet.VLAN_ID_0]: 1,
    [Packet.VLAN_ID_1]: 10,
  });
  const [line] = await linesOf(thread, eve, '/log/other.json', alert(thread, root));
  expect(line).toMatch(/^@cee: \{/);
  expect(JSON.parse(line!.slice(6))).toMatchObject({
    pcap_filename: '/captures/a.pcap',
    ether: { src_mac: '00:11:22:33:44:55', dest_mac: '66:77:88:99:aa:bb' },
    community_id: expect.stringMatching(/^1:.{28}$/),
    suricata_version: '8.0.7',
    host: 'here',
    vlan: [1, 10],
  });
});

test('records of live traffic have the device, and no capture file', async () => {
  const thread = outputThread(log(['alert'], { 'pcap-file': true }), [SIGNATURE]);
  thread.shared[Event.DEVICE_NAMES] = ['eth0', 'wan"1'];
  const [record] = await recordsOf(thread, eve, alert(thread, tcpPacket(thread, '', { [Packet.SOURCE]: 1 })));
  expect(record).toMatchObject({ in_iface: 'wan"1' });
  expect(record).not.toHaveProperty('pcap_filename');
});

/** Packets of a flow that lasts hours: the difference of times exceeds 31 bits. */
const MANY = 3_000_000_000;

test('a flow that ended has flow and netflow records', async () => {
  const thread = outputThread(log(['flow', 'netflow']));
  const root = tcpPacket(thread, '', { [Packet.PSEUDO]: Packet.PSEUDO_FLOW_END });
  fillFlow(thread, {
    [FlowRecord.PACKETS_TO_SERVER]: MANY,
    [FlowRecord.STATE]: FlowRecord.STATE_CLOSED,
    [FlowRecord.END_REASON]: FlowRecord.REASON_TIMEOUT,
    [FlowRecord.TCP_FLAGS_TO_SERVER]: 0x1b,
    [FlowRecord.TCP_STATE]: 10,
    [FlowRecord.ALERTS]: 1,
    [FlowRecord.ACTION]: FlowRecord.ACTION_DROP,
    [FlowRecord.TTLS]: 0x40 | (0x41 << 8),
    [FlowRecord.TRANSACTIONS]: 1,
  });
  thread.flows.row64[7 * FlowRecord.DOUBLES + FlowRecord.BYTES_TO_SERVER] = 2 ** 40;
  const records = await recordsOf(thread, eve, event(thread, Event.EVENT_FLOW, root));
  const { pcap_cnt: _, pkt_src: __, ...header } = HEADER;
  const times = { start: '2016-07-13T22:42:00.000001+0000', end: '2016-07-13T22:42:10.999999+0000', age: 10 };
  const flags = { tcp_flags: '1b', syn: true, fin: true, psh: true, ack: true };
  expect(records).toEqual([
    {
      ...header,
      event_type: 'flow',
      app_proto: 'http',
      flow: {
        ...{ pkts_toserver: MANY, pkts_toclient: 0, bytes_toserver: 2 ** 40, bytes_toclient: 0, ...times },
        ...{ state: 'closed', reason: 'timeout', alerted: true, action: 'drop', tx_cnt: 1 },
      },
      tcp: {
        ...{ ...flags, tcp_flags_ts: '1b', tcp_flags_tc: '00' },
        ...{ state: 'closed', ts_max_regions: 1, tc_max_regions: 1 },
      },
    },
    {
      ...header,
      event_type: 'netflow',
      app_proto: 'http',
      netflow: { pkts: MANY, bytes: 2 ** 40, ...times, min_ttl: 64, max_ttl: 65, tx_cnt: 1 },
      tcp: flags,
    },
  ]);
});

test('flow records have the MAC addresses of both sides, in the order in which they were seen', async () => {
  const thread = outputThread(log(['flow'], { ethernet: true }));
  const there = tcpPacket(thread, '');
  const back = tcpPacket(thread, '', { [Packet.FLOW_STATE]: 0 });
  const end = tcpPacket(thread, '', { [Packet.PSEUDO]: Packet.PSEUDO_FLOW_END });
  const [record] = await recordsOf(thread, eve, there, there, back, event(thread, Event.EVENT_FLOW, end));
  expect(record!.ether).toEqual({
    dest_macs: ['66:77:88:99:aa:bb', '00:11:22:33:44:55'],
    src_macs: ['00:11:22:33:44:55', '66:77:88:99:aa:bb'],
  });
});

test('anomalies of application protocols have no packet bytes', async () => {
  const thread = outputThread(
    log([{ anomaly: { types: { applayer: true, stream: true }, packethdr: true } }]),
  );
  const root = tcpPacket(thread, 'x');
  for (const number of [Events.FIRST_STREAM_EVENT, FIRST_APPLICATION_EVENT])
    Packet.setEvent(thread.memory.row, root * Packet.INTS, number);
  const records = await recordsOf(thread, eve, event(thread, Event.EVENT_ANOMALY, root));
  expect(
    records.map(({ anomaly, packet }) => [(anomaly as { type: string }).type, packet !== undefined]),
  ).toEqual([
    ['stream', true],
    ['applayer', false],
  ]);
});

test('there is one anomaly record for each wanted event of a packet, and for those of protocols', async () => {
  const thread = outputThread(log([{ anomaly: { types: { decode: true }, packethdr: true } }]));
  const root = tcpPacket(thread, 'x');
  for (const number of [Events.IPV4_OPT_INVALID, Events.IPV4_TRUNC_PKT, Events.FIRST_STREAM_EVENT]) {
    Packet.setEvent(thread.memory.row, root * Packet.INTS, number);
  }
  const own = '"anomaly":{"app_proto":"http","type":"applayer","event":"X","layer":"proto_parser"}';
  const records = await recordsOf(
    thread,
    eve,
    event(thread, Event.EVENT_ANOMALY, root),
    event(thread, Event.EVENT_ANOMALY, root, own, { [Packet.EVENT_TRANSACTION]: 4 }),
  );
  expect(records).toMatchObject([
    { event_type: 'anomaly', anomaly: { type: 'decode', event: 'decoder.ipv4.trunc_pkt' } },
    { anomaly: { type: 'decode', event: 'decoder.ipv4.opt_invalid' } },
    { tx_id: 4, anomaly: { type: 'applayer', event: 'X' } },
  ]);
  expect(Buffer.from(String(records[0]!.packet), 'base64')).toHaveLength(32);
});

describe('drop', () => {
  test('has the headers of the packet and the reason', async () => {
    const thread = outputThread(log([{ drop: { alerts: true, verdict: true } }]), [SIGNATURE], {
      'engine-mode': 'ips',
    });
    const root = tcpPacket(thread, 'x', {
      [Packet.VERDICT]: Packet.VERDICT_DROP,
      [Packet.REASON]: REASON_RULES,
    });
    const [record] = await recordsOf(
      thread,
      eve,
      event(thread, Event.EVENT_DROP, root, '', { [Packet.EVENT_SIGNATURE]: 0 }),
    );
    expect(record).toEqual({
      ...HEADER,
      event_type: 'drop',
      app_proto: 'http',
      drop: {
        ...{
          len: 41,
          tos: 0,
          ttl: 64,
          ipid: 4660,
          tcpseq: 100,
          tcpack: 200,
          tcpwin: 512,
          tcpres: 0,
          tcpurgp: 0,
        },
        ...{ syn: false, ack: true, psh: true, rst: false, urg: false, fin: false, reason: 'rules' },
      },
      alert: ALERT,
      verdict: { action: 'drop' },
    });
  });

  test.each([
    ['ips', 'start', 2],
    ['ips', 'all', 4],
    ['ids', 'all', 0],
  ])('in %s mode, flows: %s', async (mode, flows, count) => {
    const thread = outputThread(log([{ drop: { flows } }]), [], { 'engine-mode': mode });
    const client = [1, 2].map(() => tcpPacket(thread, ''));
    const server = [1, 2].map(() => tcpPacket(thread, '', { [Packet.FLOW_STATE]: 0 }));
    const slots = [...client, ...server].map(root => event(thread, Event.EVENT_DROP, root));
    expect(await recordsOf(thread, eve, ...slots)).toHaveLength(count);
  });
});

describe('protocol records', () => {
  test('have the name of their first member as type; files have the direction of their transfer', async () => {
    const thread = outputThread(log(['http', 'files', 'dns']));
    const root = tcpPacket(thread, '');
    const http = event(thread, Event.EVENT_TRANSACTION, root, '"http":{"a":"}\\","},"x":1', {
      [Packet.EVENT_TRANSACTION]: 0,
    });
    const file = event(thread, Event.EVENT_FILEINFO, root, '"fileinfo":{}', { [Packet.FLOW_STATE]: 0 });
    const tls = event(thread, Event.EVENT_TRANSACTION, root, '"tls":{}');
    expect(await recordsOf(thread, eve, http, file, tls)).toEqual([
      { ...HEADER, event_type: 'http', tx_id: 0, http: { a: '}",' }, x: 1 },
      {
        ...HEADER,
        ...{ event_type: 'fileinfo', app_proto: 'http', fileinfo: {} },
        ...{ src_ip: '198.51.100.2', src_port: 80, dest_ip: '192.0.2.1', dest_port: 1234 },
      },
    ]);
  });

  test('may have a type of their own', async () => {
    const thread = outputThread(log(['alert']));
    const root = tcpPacket(thread, '');
    const packet = event(thread, Event.EVENT_OTHER, root, '"event_type":"packet","x":1');
    const arp = event(thread, Event.EVENT_OTHER, root, '"event_type":"arp","arp":{}');
    const records = await recordsOf(thread, eve, packet, arp);
    expect(records).toMatchObject([{ event_type: 'packet', packet_info: { linktype: 1 } }]);
  });

  test('of DNS responses have the direction of the client, those of some protocols that of the packet', async () => {
    const thread = outputThread(log(['dns', 'snmp']));
    const toServer = tcpPacket(thread, '');
    const toClient = { [Packet.FLOW_STATE]: 0 };
    const members = [
      '"dns":{"version":3,"type":"request"}',
      '"dns":{"version":3,"type":"response"}',
      '"dns":{"type":"answer"}',
    ];
    const dns = members.map(text => event(thread, Event.EVENT_TRANSACTION, toServer, text));
    const snmp = event(thread, Event.EVENT_TRANSACTION, toServer, '"snmp":{}', toClient);
    const records = await recordsOf(thread, eve, ...dns, snmp);
    expect(records.map(record => record.dest_port)).toEqual([80, 1234, 80, 1234]);
  });

  test('of DNS can be selected by direction and type', async () => {
    const request = '"dns":{"type":"request","queries":[{"rrtype":"MX"}]}';
    const response = '"dns":{"type":"response","queries":[{"rrtype":"A"}]}';
    const count = async (settings: object) => {
      const thread = outputThread(log([{ dns: settings }]));
      const root = tcpPacket(thread, '');
      const events = [request, response].map(text => event(thread, Event.EVENT_TRANSACTION, root, text));
      return (await recordsOf(thread, eve, ...events)).map(({ dns }) => (dns as { type: string }).type);
    };
    expect(await count({})).toEqual(['request', 'response']);
    expect(await count({ requests: false })).toEqual(['response']);
    expect(await count({ responses: false })).toEqual(['request']);
    expect(await count({ types: ['mx'] })).toEqual(['request']);
  });
});

test('a record that cannot be created is counted, and others follow', async () => {
  const thread = outputThread(log(['alert']));
  const root = tcpPacket(thread, '');
  const wrong = alert(thread, root, '', { [Packet.EVENT_SIGNATURE]: 99 });
  expect(await recordsOf(thread, eve, wrong, alert(thread, root))).toHaveLength(1);
  expect(thread.warnings).toHaveLength(1);
});

test('several eve-logs have their own types and files; a disabled one is not written', async () => {
  const outputs = [
    ...log(['alert'], { filename: 'a.json' }),
    ...log(['flow', { alert: { enabled: 'no' } }], { filename: 'b.json' }),
    ...log(['alert'], { filename: 'c.json', enabled: 'no' }),
  ];
  const thread = outputThread(outputs);
  await linesOf(thread, eve, '', alert(thread, tcpPacket(thread, '')));
  expect([...thread.files].map(([file, text]) => [file, text.split('\n').length - 1])).toEqual([
    ['/log/a.json', 1],
    ['/log/b.json', 0],
  ]);
});

test('wanted events follow from the configuration', () => {
  const wants = (types: unknown[]) => eve.wants!(new Config({ outputs: log(types) }));
  expect(wants(['flow', 'netflow', 'stats'])).toEqual([Event.EVENT_FLOW]);
  expect(wants([{ alert: { 'tagged-packets': 'no' } }, 'http', 'tls'])).toEqual([
    Event.EVENT_ALERT,
    Event.EVENT_TRANSACTION,
  ]);
  expect(wants(['drop', 'anomaly', 'files', 'frame'])).toEqual([
    ...[Event.EVENT_ANOMALY, Event.EVENT_DROP, Event.EVENT_FILEINFO, Event.EVENT_FRAME],
  ]);
  expect(eve.wants!(new Config({}))).toEqual([]);
});

test('statistics can have totals, threads and deltas', () => {
  const [plain, rich] = eve.statistics!(
    new Config({
      outputs: [...log(['stats']), ...log([{ stats: { threads: true, deltas: true, totals: false } }])],
    }),
  );
  const stats = { uptime: 3, decoder: { pkts: 5 }, threads: { W1: { decoder: { pkts: 5 } } } };
  const recordOf = (log: typeof plain) =>
    JSON.parse(new TextDecoder().decode(log!.lines(stats, 1468449727, 0)));
  const header = { timestamp: '2016-07-13T22:42:07.000000+0000', event_type: 'stats' };
  expect(recordOf(plain)).toEqual({ ...header, stats: { uptime: 3, decoder: { pkts: 5 } } });
  expect(recordOf(rich).stats).toEqual({
    uptime: 3,
    threads: { W1: { decoder: { pkts: 5, pkts_delta: 5 } } },
  });
  expect(recordOf(rich).stats.threads.W1.decoder.pkts_delta).toBe(0);
  const [few] = eve.statistics!(new Config({ outputs: log([{ stats: { 'null-values': false } }]) }));
  const many = { uptime: 0, a: { b: 0, c: 1 }, d: { e: { f: 0 } } };
  const shown = JSON.parse(new TextDecoder().decode(few!.lines(many, 1468449727, 0)));
  expect(shown.stats).toEqual({ uptime: 0, a: { c: 1 } });
});
