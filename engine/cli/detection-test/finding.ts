/** What detections report in a test. */
import { Application } from '../../../modules/app.js';
import detections from '../../../modules/detections.js';
import type { Config } from '../../config/config.js';
import { DETECTIONS, type Detections, FIRST_DETECTION } from '../../detection/prepared.js';
import { APP_PROTOCOL_NAMES, EVENT_ALERT } from '../../event.js';
import * as Packet from '../../packet.js';
import type { Protocol } from '../../protocol.js';
import { type HarnessEvent, ModuleHarness } from './module-harness.js';

/** An alert of a detection. */
export interface Finding {
  readonly detection: string;
  readonly sid: number;
  readonly action: 'alert' | 'drop' | 'reject';
  readonly message: string | undefined;
  readonly toServer: boolean;
  /** Bytes of each side that were read at that point; undefined for detections that read no stream. */
  readonly read: { readonly to_server: number; readonly to_client: number } | undefined;
  /** Packet number, starting from 1. */
  readonly packet: number;
}

const ACTIONS: Readonly<Record<number, Finding['action']>> = {
  [Packet.VERDICT_DROP]: 'drop',
  [Packet.VERDICT_REJECT]: 'reject',
};

export interface DetectionHarness {
  readonly harness: ModuleHarness;
  /** In the order in which they were reported. */
  readonly findings: readonly Finding[];
}

/** A harness with the application layer and detections. */
export async function openDetectionHarness(
  config: Config,
  prepared: Detections,
  protocols: readonly Protocol[],
  inline: boolean,
): Promise<DetectionHarness> {
  const findings: Finding[] = [];
  const onEvent = (event: HarnessEvent) => {
    if (event.kind === EVENT_ALERT) findings.push(findingOf(event, prepared));
  };
  const shared = {
    [DETECTIONS]: prepared,
    [APP_PROTOCOL_NAMES]: ['unknown', ...protocols.map(({ name }) => name)],
  };
  const harness = await ModuleHarness.of(
    [thread => new Application(thread, protocols), thread => detections.create(thread)],
    onEvent,
    { config, shared, inline },
  );
  return { harness, findings };
}

function findingOf({ members, field, packet }: HarnessEvent, { signatures }: Detections): Finding {
  const { name, message, read } = (members.alert as { detection: DetectionMembers }).detection;
  return {
    detection: name,
    sid: signatures[field(Packet.EVENT_SIGNATURE) - FIRST_DETECTION]!.sid,
    action: ACTIONS[field(Packet.VERDICT)] ?? 'alert',
    message,
    toServer: (field(Packet.FLOW_STATE) & Packet.FLOW_TO_SERVER) !== 0,
    read,
    packet,
  };
}

interface DetectionMembers {
  readonly name: string;
  readonly message?: string;
  readonly read?: Finding['read'];
}
