/**
 * Multi-tenancy (`multi-detect`): selects the tenant whose rules apply to a packet, by its VLANs, by its device, or for
 * all packets of a capture. 0 means no tenant.
 */
import type { Config } from './config/config.js';
import { boolean, choice, integer, option, text, tree } from './config/option.js';
import { SOURCE_NAMES } from './event.js';
import * as Flow from './flow/flow-record.js';
import type { Thread } from './module.js';
import * as Packet from './packet.js';

const enabled = option(
  'multi-detect.enabled',
  boolean,
  false,
  'enable tenants with rules and variables of their own',
);
const selector = option(
  'multi-detect.selector',
  choice('vlan', 'vlan-tuple', 'device', 'direct'),
  'vlan',
  'how a tenant is selected: by the outermost VLAN, all VLANs, the device, or pcap-file.tenant-id',
);
const vlanTracking = option('vlan.use-for-tracking', boolean, true, 'VLAN ids are part of a flow');
const byDefault = option(
  'multi-detect.default',
  boolean,
  false,
  'apply the rules of the main configuration to traffic that belongs to no tenant',
);
const folder = option('multi-detect.config-path', text, '', 'folder of the tenant files');
const loaders = option(
  'multi-detect.loaders',
  integer(1, 1024),
  4,
  'accepted for compatibility: rules of tenants are loaded one after the other',
);
const tenants = option('multi-detect.tenants', tree, [], 'a list of tenants, each with id and yaml');
const mappings = option(
  'multi-detect.mappings',
  tree,
  [],
  'a list of mappings, each with tenant-id and vlan-id, vlan-tuple or device',
);
/** Settings of one tenant: `--set multi-detect.1.default-rule-path=…`. */
const overrides = [
  'default-rule-path',
  'rule-files',
  'classification-file',
  'reference-config-file',
  'vars',
].map(key => option(`multi-detect.*.${key}`, tree, undefined, `${key} of the tenant with this id`));
const tenantNumber = integer(0, 2 ** 31 - 1);
const direct = option(
  'pcap-file.tenant-id',
  {
    expected: `${tenantNumber.expected}, or none`,
    parse: value => (value === 'none' ? 0 : tenantNumber.parse(value)),
  },
  0,
  'tenant of all captures, with the selector direct',
);

export const tenantOptions = [
  enabled,
  selector,
  byDefault,
  folder,
  loaders,
  tenants,
  mappings,
  ...overrides,
  direct,
];

/** Keys of a tenant's own settings. */
export const TENANT_KEYS = overrides.map(({ path }) => path.slice('multi-detect.*.'.length));

/** As listed in the configuration. */
export interface TenantEntry {
  readonly id: number;
  readonly yaml: string;
}

export interface TenantSettings {
  readonly tenants: readonly TenantEntry[];
  /** The rules of the main configuration apply to packets without a tenant; otherwise they are not used. */
  readonly byDefault: boolean;
  readonly folder: string;
  /** Errors in the lists. */
  readonly problems: readonly string[];
}

/** Undefined if there are no tenants. */
export function tenantSettings(config: Config): TenantSettings | undefined {
  if (!config.read(enabled)) return undefined;
  const problems: string[] = [];
  const list = entriesOf(config, problems);
  const kind = config.read(selector);
  if (kind.startsWith('vlan') && !config.read(vlanTracking))
    problems.push(`multi-detect.selector: ${kind} needs vlan.use-for-tracking`);
  for (const row of rowsOf(config, problems))
    if (!list.some(({ id }) => id === row.tenant))
      problems.push(`multi-detect.mappings: unknown tenant ${row.tenant}`);
  return { tenants: list, byDefault: config.read(byDefault), folder: config.read(folder), problems };
}

function entriesOf(config: Config, problems: string[]): TenantEntry[] {
  return itemsOf(config.read(tenants)).flatMap(item => {
    const entry = { id: Number(item['id']), yaml: String(item['yaml'] ?? '') };
    if (Number.isInteger(entry.id) && entry.id > 0 && entry.yaml !== '') return [entry];
    problems.push(`multi-detect.tenants: "${JSON.stringify(item)}" needs an id above 0 and a yaml`);
    return [];
  });
}

/** The lists of the configuration, whether multi-tenancy is enabled or not: they can be extended at run time. */
export function tenantLists(config: Config) {
  const rows = config.read(selector) === 'vlan' ? rowsOf(config, []) : [];
  return {
    folder: config.read(folder),
    tenants: entriesOf(config, []),
    vlans: rows.map(({ vlans, tenant }) => ({ vlan: vlans[0]!, tenant })),
  };
}

/** A mapping to a tenant. */
interface Row {
  readonly tenant: number;
  readonly vlans: readonly number[];
  readonly device?: string;
}

function rowsOf(config: Config, problems: string[]): Row[] {
  const kind = config.read(selector);
  if (kind === 'direct') return [];
  return itemsOf(config.read(mappings)).flatMap(item => {
    const tenant = Number(item['tenant-id']);
    if (kind === 'device') return [{ tenant, vlans: [], device: String(item['device'] ?? '') }];
    const vlans = (kind === 'vlan' ? [item['vlan-id']] : listOf(item['vlan-tuple'])).map(Number);
    const lowest = kind === 'vlan' ? 1 : 0;
    if (vlans.length > 0 && vlans.length <= 3 && vlans.every(id => id >= lowest && id <= 4094))
      return [{ tenant, vlans }];
    problems.push(
      `multi-detect.mappings: "${JSON.stringify(item)}" is invalid, expected ${kind === 'vlan' ? 'vlan-id from 1 to 4094' : 'vlan-tuple of up to three numbers from 0 to 4094'}`,
    );
    return [];
  });
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return String(value ?? '')
    .replace(/[[\]]/g, '')
    .split(',')
    .filter(part => part.trim() !== '');
}

/** Items may be mappings, or mappings below the name of their type: `- vlan: { vlan-id: … }`. */
function itemsOf(list: unknown): Record<string, unknown>[] {
  return (Array.isArray(list) ? list : []).flatMap(item => {
    if (item === null || typeof item !== 'object') return [];
    const below = Object.values(item).filter(value => value !== null && typeof value === 'object');
    return [Object.assign({}, item, ...below.filter(value => !Array.isArray(value)))];
  });
}

/** Name in the stores of a thread's detection. */
export const TENANTS = 'tenants';

/** Finds the tenant of packets and flows. */
export class TenantFinder {
  private readonly kind: string;
  private readonly rows: readonly Row[];
  private readonly byDevice: readonly number[];
  private readonly direct: number;

  /** Undefined if there are no tenants. */
  static tenantOf(thread: Pick<Thread, 'config' | 'shared'>): TenantFinder | undefined {
    return thread.config.read(enabled) ? new TenantFinder(thread) : undefined;
  }

  private constructor({ config, shared }: Pick<Thread, 'config' | 'shared'>) {
    this.kind = config.read(selector);
    this.direct = config.read(direct);
    this.rows = rowsOf(config, []);
    const names = (shared[SOURCE_NAMES] as readonly string[] | undefined) ?? [];
    this.byDevice = names.map(name => this.rows.find(({ device }) => device === name)?.tenant ?? 0);
  }

  /** @param p index of the packet's row @param f index of its flow's row, negative without one */
  find(packets: Int32Array, p: number, flows: Int32Array, f: number): number {
    if (this.kind === 'direct') return this.direct;
    if (this.kind === 'device') return this.byDevice[packets[p + Packet.SOURCE]!] ?? 0;
    if (f >= 0) return this.tenantOfVlans(flows, f + Flow.VLAN_COUNT, f + Flow.VLAN_ID_0);
    return this.tenantOfVlans(packets, p + Packet.VLAN_COUNT, p + Packet.VLAN_ID_0);
  }

  private tenantOfVlans(row: Int32Array, count: number, first: number): number {
    const layers = row[count]!;
    if (layers === 0) return 0;
    for (let i = 0; i < this.rows.length; i++) {
      const { vlans, tenant } = this.rows[i]!;
      if (this.kind === 'vlan') {
        if (vlans[0] === row[first]) return tenant;
      } else if (vlans.length === layers && vlans.every((id, at) => id === 0 || id === row[first + at]))
        return tenant;
    }
    return 0;
  }
}
