/** Rules by tenant: selecting the tenant, and the real program with the files of two tenants. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { Config, type ConfigTree } from '../../engine/config/config.js';
import { SOURCE_NAMES } from '../../engine/event.js';
import * as Packet from '../../engine/packet.js';
import { TenantFinder, tenantSettings } from '../../engine/tenants.js';
import { tenantRules } from '../../signatures/tenant-rules.js';
import { runSluice } from '../cli/program.js';
import { ethernet, ipv4, packet, pcapFile, udp, vlan } from '../packets/builder.js';

const TENANTS = [
  { id: 1, yaml: 'a.yaml' },
  { id: 2, yaml: 'b.yaml' },
];

function config(settings: ConfigTree): Config {
  return new Config({ 'multi-detect': { enabled: true, tenants: TENANTS, ...settings } } as ConfigTree);
}

/** The tenant of a packet with these VLAN tags. */
function tenantOf(settings: ConfigTree, vlans: readonly number[], source = 0): number {
  const shared = { [SOURCE_NAMES]: ['eth0', 'eth1'] };
  const finder = TenantFinder.tenantOf({ config: config(settings), shared })!;
  const row = new Int32Array(Packet.INTS);
  row[Packet.SOURCE] = source;
  row[Packet.VLAN_COUNT] = vlans.length;
  row.set(vlans, Packet.VLAN_ID_0);
  return finder.find(row, 0, new Int32Array(0), -1);
}

describe('tenants are selected by', () => {
  it('the outermost VLAN', () => {
    const settings = {
      mappings: [{ 'vlan-id': 10, 'tenant-id': 1 }, { vlan: { 'vlan-id': 20, 'tenant-id': 2 } }],
    };
    expect([[10], [20, 10], [30], []].map(tags => tenantOf(settings, tags))).toEqual([1, 2, 0, 0]);
  });

  it('all VLANs, with 0 for any', () => {
    const settings = {
      selector: 'vlan-tuple',
      mappings: [
        { 'vlan-tuple': [0, 302], 'tenant-id': 1 },
        { 'vlan-tuple': [3000, 1000, 40], 'tenant-id': 2 },
      ],
    };
    const tags = [[5, 302], [302], [3000, 1000, 40], [3000, 1000, 41], [1, 2, 302]];
    expect(tags.map(each => tenantOf(settings, each))).toEqual([1, 0, 2, 0, 0]);
  });

  it('the device, or the handler for captures', () => {
    const byDevice = { selector: 'device', mappings: [{ device: 'eth1', 'tenant-id': 2 }] };
    expect([tenantOf(byDevice, [], 0), tenantOf(byDevice, [], 1)]).toEqual([0, 2]);
    const captures = new Config({
      'multi-detect': { enabled: true, selector: 'direct' },
      'pcap-file': { 'tenant-id': 7 },
    } as ConfigTree);
    const finder = TenantFinder.tenantOf({ config: captures, shared: {} })!;
    expect(finder.find(new Int32Array(Packet.INTS), 0, new Int32Array(0), -1)).toBe(7);
  });
});

test('invalid settings of tenants are reported', () => {
  const { problems } = tenantSettings(
    config({
      mappings: [
        { 'vlan-id': 5000, 'tenant-id': 1 },
        { 'vlan-id': 5, 'tenant-id': 9 },
      ],
    }),
  )!;
  expect(problems).toEqual([
    expect.stringContaining('expected vlan-id from 1 to 4094'),
    expect.stringContaining('unknown tenant 9'),
  ]);
  expect(tenantSettings(new Config({}))).toBeUndefined();
  const untracked = {
    vlan: { 'use-for-tracking': 'no' },
    'multi-detect': { enabled: 'yes', selector: 'vlan' },
  };
  expect(tenantSettings(new Config(untracked))!.problems).toEqual([
    'multi-detect.selector: vlan needs vlan.use-for-tracking',
  ]);
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenants-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const tagged = (id: number, text: string) =>
  id > 0
    ? packet(ethernet(), vlan(id), ipv4(), udp({ sport: 1000 + id, dport: 53 }), text)
    : packet(ethernet(), ipv4(), udp({ sport: 1000, dport: 53 }), text);

async function alerts(more: string, runmode = 'single'): Promise<string[]> {
  const put = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);
  put(
    'x.yaml',
    `%YAML 1.1
---
outputs:
  - eve-log: { types: [alert, flow] }
vars: { port-groups: { P: 1 } }
rule-files: [x.rules]
default-rule-path: .
multi-detect:
  enabled: yes
  tenants: [{ id: 1, yaml: a.yaml }, { id: 2, yaml: b.yaml }]
  mappings: [{ vlan-id: 10, tenant-id: 1 }, { vlan-id: 20, tenant-id: 2 }]
${more}`,
  );
  put('a.yaml', '%YAML 1.1\n---\nrule-files: [a.rules]\nvars: { port-groups: { P: 53 } }\n');
  put('b.yaml', '%YAML 1.1\n---\nrule-files: [b.rules]\nvars: { port-groups: { P: 54 } }\n');
  const rule = (sid: number) =>
    `alert udp any any -> any $P (content:"evil"; sid:${sid};)\nalert udp any any -> any 53 (content:"evil"; sid:9;)\n`;
  for (const [i, name] of ['x', 'a', 'b'].entries()) put(`${name}.rules`, rule(i + 1));
  put('x.pcap', pcapFile([tagged(10, 'evil'), tagged(20, 'evil'), tagged(30, 'evil'), tagged(0, 'evil')]));
  const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-k', 'none', '--runmode', runmode];
  const { code, stderr } = await runSluice(words, { cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
  const records = readFileSync(join(folder, 'eve.json'), 'utf8').trim().split('\n');
  return records
    .map(line => JSON.parse(line))
    .map(({ event_type, tenant_id, alert, vlan: tags }) =>
      [
        event_type,
        tags?.[0] ?? 0,
        tenant_id ?? 0,
        ...(alert ? [alert.signature_id, alert.tenant_id ?? 0] : []),
      ].join(' '),
    )
    .sort();
}

const FLOWS = ['flow 0 0', 'flow 10 1', 'flow 20 2', 'flow 30 0'];

test.each(['single', 'autofp', 'pipeline'])(
  'each tenant has its own rules and variables: %s',
  async runmode => {
    expect(await alerts('', runmode)).toEqual([
      'alert 10 1 2 1',
      'alert 10 1 9 1',
      'alert 20 2 9 2',
      ...FLOWS,
    ]);
  },
);

test('with default: yes, the rules of the main configuration apply to packets of no tenant', async () => {
  expect(await alerts('  default: yes\n')).toEqual([
    ...['alert 0 0 9 0', 'alert 10 1 2 1', 'alert 10 1 9 1', 'alert 20 2 9 2', 'alert 30 0 9 0'],
    ...FLOWS,
  ]);
});

test('a threshold file of a tenant is not supported, which is reported', () => {
  writeFileSync(join(folder, 'a.yaml'), '%YAML 1.1\n---\nthreshold-file: a.config\n');
  const problems: string[] = [];
  const list = tenantRules(
    config({ 'config-path': folder, tenants: [{ id: 1, yaml: 'a.yaml' }] }),
    problem => void problems.push(problem),
  );
  expect(list?.map(({ id }) => id)).toEqual([1]);
  expect(problems).toEqual([expect.stringMatching(/^threshold-file of tenant 1/)]);
});
