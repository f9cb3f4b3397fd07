/** The state stores available to conditions and effects, for one thread. */

import type { ApplicationLayer } from '../../engine/application-layer.js';
import { engineMode } from '../../engine/exception-policy.js';
import type { Thread } from '../../engine/module.js';
import type { Protocol } from '../../engine/protocol.js';
import { TENANTS, TenantFinder } from '../../engine/tenants.js';
import { CAPTURES } from '../../signatures/buffer-matcher/pcre-step.js';
import { GEOIP_DATABASES, GeoipDatabases } from '../../signatures/geoip/databases.js';
import {
  APPLICATION_PROTOCOLS,
  type ApplicationProtocols,
} from '../../signatures/keywords/app-layer-protocol.js';
import { SESSIONS, type Sessions } from '../../signatures/keywords/filestore.js';
import { STREAM_SIZES, type StreamSizes } from '../../signatures/keywords/flow-counters.js';
import { REPUTATIONS } from '../../signatures/keywords/iprep.js';
import { TAGS, type Tags } from '../../signatures/keywords/tag.js';
import { CERTIFICATE_STORE, type CertificateStore } from '../../signatures/keywords/tls-store.js';
import { LUA } from '../../signatures/lua/host.js';
import { ALERT_NOTES } from '../../signatures/state/alert-notes.js';
import { BYPASS_REQUEST, BypassRequest } from '../../signatures/state/bypass-request.js';
import { dataFolder } from '../../signatures/state/data-folder.js';
import { DATASETS } from '../../signatures/state/dataset.js';
import { DatasetControl } from '../../signatures/state/dataset-control.js';
import { DatasetStore } from '../../signatures/state/datasets.js';
import {
  allocateDetectionState,
  DATASET_MEMCAP,
  DETECTION_STATE,
  type DetectionState,
} from '../../signatures/state/detection-state.js';
import { FLOW_VARIABLES, type FlowVariables } from '../../signatures/state/flow-variables.js';
import { REPLACEMENTS, Replacements } from '../../signatures/state/replacements.js';
import { readReputations } from '../../signatures/state/reputations.js';
import { SHARED_BITS, SharedBits } from '../../signatures/state/shared-bits.js';
import { SharedTable } from '../../signatures/state/shared-table.js';
import { Tracker } from '../../signatures/state/track.js';
import { SuppressedTransactions, UNLOGGED } from '../../signatures/state/unlogged.js';
import { AlertMetadata } from './alert-metadata.js';
import { CertificateFiles, certificateFolder } from './certificate-files.js';
import type { FlowStates } from './flow-states.js';
import { ThreadLua } from './lua-host.js';

export interface Stores {
  readonly byName: ReadonlyMap<string, unknown>;
  readonly thresholds: SharedTable;
  /** State of hosts: bits, tags. */
  readonly hosts: SharedTable;
  readonly tracker: Tracker;
  readonly datasets: DatasetStore;
  readonly metadata: AlertMetadata;
  readonly unlogged: SuppressedTransactions;
  readonly bypassRequest: BypassRequest;
  readonly lua: ThreadLua;
}

/** State shared with the other threads or, if the main thread prepared none, of this thread alone. */
export function openStores(thread: Thread, states: FlowStates, tags: Tags): Stores {
  const shared =
    (thread.shared[DETECTION_STATE] as DetectionState | undefined) ?? allocateDetectionState(thread.config);
  const tracker = new Tracker(thread);
  const evicted = (name: string) => {
    const counter = thread.counters.declare(`detect.${name}_evicted`);
    return () => void thread.counters.values[counter]!++;
  };
  const hosts = new SharedTable(shared.bits, evicted('host_values'));
  const warn = (message: string) => thread.warnOnce(message);
  const datasets = new DatasetStore(
    new SharedTable(shared.datasets, evicted('dataset_values')),
    dataFolder(thread.config),
    warn,
    new DatasetControl(shared.datasetControl),
    thread.config.read(DATASET_MEMCAP) / thread.count,
  );
  const variables = new StateVariables(states);
  const metadata = new AlertMetadata(states, number => variables.nameOf(number));
  const unlogged = new SuppressedTransactions();
  const bypassRequest = new BypassRequest();
  const lua = new ThreadLua(thread, states);
  // Detections written as code use the same flowbits.
  thread.services.set(FLOW_VARIABLES, variables);
  const byName = new Map<string, unknown>([
    [FLOW_VARIABLES, variables],
    [ALERT_NOTES, metadata],
    [UNLOGGED, unlogged],
    [BYPASS_REQUEST, bypassRequest],
    [CAPTURES, metadata],
    [SHARED_BITS, new SharedBits(hosts, tracker)],
    [APPLICATION_PROTOCOLS, applicationProtocols(thread)],
    [SESSIONS, sessionsOf(thread)],
    [STREAM_SIZES, states.sequences satisfies StreamSizes],
    // Errors in the files are reported when the rules are loaded.
    [REPUTATIONS, readReputations(thread.config, () => {})],
    [GEOIP_DATABASES, new GeoipDatabases()],
    [TAGS, tags],
    ...certificateStore(thread),
    [DATASETS, datasets],
    [LUA, lua],
    [TENANTS, TenantFinder.tenantOf(thread)],
    ...replacements(thread),
  ]);
  return {
    byName,
    thresholds: new SharedTable(shared.thresholds, evicted('thresholds')),
    hosts,
    tracker,
    datasets,
    metadata,
    unlogged,
    bypassRequest,
    lua,
  };
}

/** Only packets that have not been forwarded can be changed. */
function replacements({ config }: Thread): [string, Replacements][] {
  return config.read(engineMode) === 'ips' ? [[REPLACEMENTS, new Replacements()]] : [];
}

class StateVariables implements FlowVariables {
  private readonly numbers = new Map<string, number>();
  private readonly names: string[] = [];

  constructor(private readonly states: FlowStates) {}

  numberOf(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.numbers.set(name, this.numbers.size);
    return this.names.push(name) - 1;
  }

  nameOf(number: number): string {
    return this.names[number]!;
  }

  hasBit(flow: number, bit: number): boolean {
    return this.states.find(flow)?.bits?.has(bit) === true;
  }

  setBit(flow: number, bit: number, value: boolean): void {
    const state = this.states.of(flow);
    if (!value) state.bits?.delete(bit);
    else {
      state.bits ??= new Set();
      state.bits.add(bit);
    }
  }

  integer(flow: number, number: number): number | undefined {
    return this.states.find(flow)?.numbers?.get(number);
  }

  setInteger(flow: number, number: number, value: number): void {
    const state = this.states.of(flow);
    state.numbers ??= new Map();
    state.numbers.set(number, value);
  }
}

function applicationProtocols(thread: Thread): ApplicationProtocols {
  const layer = thread.services.get('application-layer') as ApplicationLayer | undefined;
  const protocols = layer?.protocols ?? [];
  return {
    numbersOf(name, exact = false) {
      const hasOwn = protocols.some(protocol => protocol.name === name);
      return protocols.flatMap((protocol, i) => {
        const related =
          protocol.ruleNames?.includes(name) && !(exact && hasOwn && !coversBothVersions(name, protocol));
        return protocol.name === name || related ? [i + 1] : [];
      });
    },
  };
}

/** `http` is the name of both its versions. */
function coversBothVersions(name: string, { variantOf }: Protocol): boolean {
  return name === 'http' && variantOf === undefined;
}

function sessionsOf(thread: Thread): Sessions {
  const layer = thread.services.get('application-layer') as ApplicationLayer | undefined;
  return { sessionOf: flow => (flow < 0 ? undefined : layer?.sessionOf(flow)) };
}

function certificateStore(thread: Thread): [string, CertificateStore][] {
  const folder = certificateFolder(thread.config);
  const layer = thread.services.get('application-layer') as ApplicationLayer | undefined;
  return folder === undefined ? [] : [[CERTIFICATE_STORE, new CertificateFiles(thread, folder, layer)]];
}
