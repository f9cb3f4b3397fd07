/**
 * Tenants of captures submitted through a socket: register-tenant, unregister-tenant, reload-tenant, reload-tenants,
 * register-tenant-handler, unregister-tenant-handler. Each capture is read by a process of its own, which gets them on
 * its command line and loads their rules; configured tenants are there from the start.
 */
import { tenantFile } from '../../../signatures/tenant-rules.js';
import type { Config } from '../../config/config.js';
import { loadConfig } from '../../config/load.js';
import { type Arguments, type Handlers, textArgument } from '../../control/control-socket.js';
import { tenantLists } from '../../tenants.js';

/** Maximum number of tenants. */
const MAX_TENANTS = 65_536;

export class Tenants {
  private readonly folder: string;
  /** YAML files by tenant id. */
  private readonly files = new Map<number, string>();
  /** Tenant ids by VLAN id. */
  private readonly vlans = new Map<number, number>();
  private changed = false;

  constructor(config: Config) {
    const { folder, tenants, vlans } = tenantLists(config);
    this.folder = folder;
    for (const { id, yaml } of tenants) this.files.set(id, yaml);
    for (const { vlan, tenant } of vlans) this.vlans.set(vlan, tenant);
  }

  commands(): Handlers {
    return {
      'register-tenant': parameters => this.register(parameters),
      'unregister-tenant': parameters => {
        const id = this.knownId(parameters);
        this.files.delete(id);
        for (const [vlan, tenant] of this.vlans) if (tenant === id) this.vlans.delete(vlan);
        this.changed = true;
        return 'removing tenant succeeded';
      },
      'reload-tenant': parameters => {
        const id = this.knownId(parameters);
        this.set(
          id,
          parameters['filename'] === undefined ? this.files.get(id)! : textArgument(parameters, 'filename'),
        );
        return 'reloading tenant succeeded';
      },
      'reload-tenants': () => {
        for (const [id, yaml] of this.files) this.set(id, yaml);
        return 'reloading tenants succeeded';
      },
      'register-tenant-handler': parameters => this.handle(parameters, true),
      'unregister-tenant-handler': parameters => this.handle(parameters, false),
    };
  }

  /**
   * Command line words for the process that reads a capture.
   * @param tenant of the whole capture; undefined: selected by the handlers, or as configured
   * @throws Error when the tenant is not registered
   */
  words(tenant: unknown): string[] {
    if (tenant === undefined || Number(tenant) === 0) return this.changed ? this.allSettings() : [];
    const id = this.knownId({ id: tenant });
    return [
      ...settings(['selector=direct', ...this.list([id]), 'mappings=']),
      ...['--set', `pcap-file.tenant-id=${id}`],
    ];
  }

  private allSettings(): string[] {
    const mappings = [...this.vlans].flatMap(([vlan, tenant], i) => [
      `mappings.${i}.vlan-id=${vlan}`,
      `mappings.${i}.tenant-id=${tenant}`,
    ]);
    const selector = this.vlans.size > 0 ? ['selector=vlan'] : [];
    return settings([...selector, ...this.list([...this.files.keys()]), 'mappings=', ...mappings]);
  }

  /** The complete list: it replaces that of the configuration. */
  private list(ids: readonly number[]): string[] {
    const items = ids.flatMap((id, i) => [
      `tenants.${i}.id=${id}`,
      `tenants.${i}.yaml=${this.files.get(id)}`,
    ]);
    return ['enabled=yes', 'tenants=', ...items];
  }

  private register(parameters: Arguments): string {
    const id = idOf(parameters);
    if (this.files.has(id)) throw new Error(`tenant ${id} is already registered`);
    if (this.files.size >= MAX_TENANTS) throw new Error('too many tenants');
    this.set(id, textArgument(parameters, 'filename'));
    return 'adding tenant succeeded';
  }

  /** @throws Error when the file cannot be read */
  private set(id: number, yaml: string): void {
    loadConfig({ file: tenantFile(this.folder, yaml) });
    this.files.set(id, yaml);
    this.changed = true;
  }

  private handle(parameters: Arguments, add: boolean): string {
    const id = this.knownId(parameters);
    const kind = textArgument(parameters, 'htype');
    if (kind === 'vlan') this.map(vlanOf(parameters), id, add);
    else if (kind !== 'pcap') throw new Error(`unknown htype "${kind}", expected pcap or vlan`);
    return add ? 'handler added' : 'handler removed';
  }

  private map(vlan: number, id: number, add: boolean): void {
    const tenant = this.vlans.get(vlan);
    if (add && tenant !== undefined) throw new Error(`vlan ${vlan} already belongs to tenant ${tenant}`);
    if (!add && tenant !== id) throw new Error(`vlan ${vlan} does not belong to tenant ${id}`);
    if (add) this.vlans.set(vlan, id);
    else this.vlans.delete(vlan);
    this.changed = true;
  }

  private knownId(parameters: Arguments): number {
    const id = idOf(parameters);
    if (!this.files.has(id)) throw new Error(`tenant ${id} is not registered`);
    return id;
  }
}

function settings(values: readonly string[]): string[] {
  return values.flatMap(value => ['--set', `multi-detect.${value}`]);
}

function idOf(parameters: Arguments): number {
  const id = Number(parameters['id']);
  if (!Number.isInteger(id) || id <= 0 || id >= 2 ** 31)
    throw new Error('id is missing, expected a number from 1 to 2147483647');
  return id;
}

function vlanOf(parameters: Arguments): number {
  const vlan = Number(parameters['hargs']);
  if (!Number.isInteger(vlan) || vlan < 1 || vlan > 4094)
    throw new Error('hargs is missing, expected a VLAN id from 1 to 4094');
  return vlan;
}
