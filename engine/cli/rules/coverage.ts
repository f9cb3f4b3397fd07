/**
 * Which rules could have fired on a capture: whether their header applied to a packet and their buffers were present.
 */
import { HeaderTest } from '../../../modules/detect/header-test.js';
import { PacketFacts } from '../../../modules/detect/packet-facts.js';
import * as Header from '../../../signatures/compile/header.js';
import { type RuleSetImage, type StoredSignature, signatureAt } from '../../../signatures/compile/image.js';
import {
  isApplicationBuffer,
  PAYLOAD_BUFFERS,
  TRANSACTION_KINDS,
} from '../../../signatures/compile/traits.js';
import type { ApplicationLayer } from '../../application-layer.js';
import type { Batch } from '../../batch.js';
import type { Thread } from '../../module.js';
import * as Packet from '../../packet.js';
import {
  type CaptureOptions,
  compiled,
  inspectCapture,
  type LoadedRules,
  type Observer,
} from './capture-inspection.js';
import { type HeaderReason, HeaderReasons } from './header-reason.js';
import { Traffic } from './traffic.js';

/** How far a rule got, in ascending order. */
export const STAGES_REACHED = ['header', 'buffers', 'pattern', 'conditions', 'matched'] as const;

export interface CoveredRule {
  readonly gid: number;
  readonly sid: number;
  readonly msg: string;
  /**
   * What was missing: `header` no packet matched the header, `buffers` a buffer was never present, `pattern` its
   * pattern was in none of them, `conditions` one of its conditions failed; `matched`: it matched.
   */
  readonly stage: (typeof STAGES_REACHED)[number];
  readonly reason: string;
  readonly matches: number;
}

export interface Coverage {
  readonly traffic: Traffic;
  readonly rules: readonly CoveredRule[];
  readonly damaged: boolean;
}

/** @throws UsageError when there is no such capture */
export async function coverage(loaded: LoadedRules, options: CaptureOptions): Promise<Coverage> {
  const image = compiled(loaded);
  const names = loaded.protocols.map(protocol => protocol.name);
  let observer: CoverageObserver | undefined;
  const whole = await inspectCapture(image, loaded, options, thread => {
    observer = new CoverageObserver(image, thread, names);
    return observer;
  });
  return { traffic: observer!.traffic, rules: observer!.rules(), damaged: !whole };
}

class CoverageObserver implements Observer {
  readonly watch;
  readonly traffic = new Traffic();
  private readonly facts: PacketFacts;
  private readonly header: HeaderTest;
  private readonly reasons: HeaderReasons;
  /** For each rule whose header never applied, the reason nearest to a match; otherwise undefined. */
  private readonly nearest: (HeaderReason | undefined)[];
  private readonly candidates: Uint8Array;
  private readonly matches: Uint32Array;
  /** Rules whose header has not applied yet, and kinds of packets already compared with them. */
  private missing: number[];
  private readonly compared = new Set<string>();

  constructor(
    private readonly image: RuleSetImage,
    private readonly thread: Thread,
    protocols: readonly string[],
  ) {
    const { memory, flows } = thread;
    this.facts = new PacketFacts(memory, flows);
    this.header = new HeaderTest(image, this.facts);
    this.reasons = new HeaderReasons(image, this.facts, memory, flows, protocols);
    this.nearest = Array.from({ length: image.count }, () => NO_PACKETS);
    this.candidates = new Uint8Array(image.count);
    this.matches = new Uint32Array(image.count);
    this.missing = Array.from({ length: image.count }, (_, number) => number);
    this.watch = {
      header: (all: RuleSetImage, facts: PacketFacts) => new RecordingHeader(all, facts, this.candidates),
      matched: (number: number) => {
        this.matches[number]!++;
      },
    };
  }

  before(batch: Batch): void {
    for (let i = 0; i < batch.length; i++) this.packet(batch.slots[i]!);
    const layer = this.thread.services.get('application-layer') as ApplicationLayer | undefined;
    for (const update of layer?.updates ?? []) this.traffic.transaction(update);
  }

  private packet(slot: number): void {
    const { row } = this.thread.memory;
    const p = slot * Packet.INTS;
    if (row[p + Packet.PSEUDO]! >= Packet.PSEUDO_STREAM) return;
    this.facts.load(slot);
    const application = this.reasons.applicationName();
    this.traffic.packet(this.facts, row[p + Packet.PROTOCOL]!, application);
    if (row[p + Packet.FLAGS]! & Packet.FLAG_NO_INSPECTION) return;
    this.header.application =
      application === undefined ? -1 : this.image.applicationNames.indexOf(application);
    const kind = this.kindOf(application);
    if (this.compared.has(kind)) return;
    this.compared.add(kind);
    this.missing = this.missing.filter(number => !this.applies(number));
  }

  /** Everything that headers test. */
  private kindOf(application: string | undefined): string {
    const { facts } = this;
    const { addresses, version, source, destination, sourcePort, destinationPort, satisfied, transport } =
      facts;
    const length = version === 6 ? 16 : version === 4 ? 4 : 0;
    const text = (at: number): string =>
      Buffer.from(addresses.buffer, addresses.byteOffset + at, length).toString('latin1');
    return `${text(source)} ${text(destination)} ${sourcePort} ${destinationPort} ${satisfied} ${transport} ${application}`;
  }

  private applies(number: number): boolean {
    const reason = this.reasons.reasonFor(number);
    const before = this.nearest[number];
    if (reason === undefined || before === undefined || reason.rank > before.rank)
      this.nearest[number] = reason;
    return reason === undefined;
  }

  rules(): CoveredRule[] {
    return Array.from({ length: this.image.count }, (_, number) => {
      const signature = signatureAt(this.image, number);
      const { gid, sid, msg } = signature;
      return { gid, sid, msg, matches: this.matches[number]!, ...this.stageOf(number, signature) };
    });
  }

  private stageOf(number: number, signature: StoredSignature): Pick<CoveredRule, 'stage' | 'reason'> {
    if (this.matches[number]! > 0) return { stage: 'matched', reason: '' };
    if (this.candidates[number])
      return { stage: 'conditions', reason: 'a condition failed: sluice rules explain shows which' };
    const reason = this.nearest[number];
    if (reason) return { stage: 'header', reason: reason.text };
    const unseen = this.missingBuffer(number, signature);
    if (unseen) return { stage: 'buffers', reason: unseen };
    return { stage: 'pattern', reason: 'the pattern was not found' };
  }

  /** Which of a rule's buffers was never present. */
  private missingBuffer(number: number, signature: StoredSignature): string | undefined {
    for (const { buffer, conditions } of signature.buffers) {
      const maybeAbsent = conditions[0]?.kind === 'absent';
      if (PAYLOAD_BUFFERS.has(buffer) && !this.traffic.payload) return 'no packet had a payload';
      if (
        isApplicationBuffer({ buffer, conditions, transforms: [] }) &&
        !maybeAbsent &&
        !this.traffic.buffers.has(buffer)
      )
        return `no transaction had ${buffer}`;
    }
    const onTransactions =
      (this.image.header[number * Header.INTS + Header.OPTIONS]! & Header.OPTION_ON_TRANSACTIONS) !== 0;
    const asksTransaction = signature.conditions.some(match => TRANSACTION_KINDS.has(match.kind));
    return onTransactions && asksTransaction && this.traffic.transactions.size === 0
      ? 'there was no transaction'
      : undefined;
  }
}

const NO_PACKETS: HeaderReason = { rank: -1, text: 'there was no packet' };

class RecordingHeader extends HeaderTest {
  constructor(
    image: RuleSetImage,
    facts: PacketFacts,
    private readonly candidates: Uint8Array,
  ) {
    super(image, facts);
  }

  override holds(signature: number): boolean {
    const holds = super.holds(signature);
    if (holds) this.candidates[signature] = 1;
    return holds;
  }
}
