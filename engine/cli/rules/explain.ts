/** Runs a rule on a capture and collects why it fired or did not. */
import { HeaderTest } from '../../../modules/detect/header-test.js';
import { PacketFacts } from '../../../modules/detect/packet-facts.js';
import * as Header from '../../../signatures/compile/header.js';
import { type RuleSetImage, type StoredSignature, signatureAt } from '../../../signatures/compile/image.js';
import { conditionsOf } from '../../../signatures/explain/conditions.js';
import { EvaluationLog } from '../../../signatures/explain/evaluation-log.js';
import { ExplainingWatch } from '../../../signatures/explain/explaining-watch.js';
import type { Inspection } from '../../../signatures/inspection.js';
import type { Signature } from '../../../signatures/signature.js';
import type { Batch } from '../../batch.js';
import { EVENT_ALERT } from '../../event.js';
import * as Flow from '../../flow/flow-record.js';
import type { Thread } from '../../module.js';
import * as Packet from '../../packet.js';
import { UsageError } from '../usage-error.js';
import {
  type CaptureOptions,
  compiled,
  inspectCapture,
  type LoadedRules,
  type Observer,
} from './capture-inspection.js';
import type { ExplanationData, HeaderFailure } from './explanation.js';
import { type HeaderReason, HeaderReasons } from './header-reason.js';
import { relatedRules } from './related-rules.js';
import { type Subject, subjectOf } from './subject.js';

/** Maximum number of evaluations kept of one rule. */
const MAX_EVALUATIONS = 10_000;

/** The rule with this sid, or gid:sid. @throws UsageError explaining why it is missing */
export function findRule(name: string, { rules }: LoadedRules): Signature {
  const [, gid, sid] = /^(?:(\d+):)?(\d+)$/.exec(name) ?? [];
  if (sid === undefined) throw new UsageError(`${name}: expected a sid, or gid:sid`);
  const isMeant = (rule: { gid: number; sid: number }): boolean =>
    rule.sid === Number(sid) && (gid === undefined || rule.gid === Number(gid));
  const signature = rules.signatures.find(isMeant);
  if (signature) return signature;
  const unsupported = rules.unsupported.find(isMeant);
  if (unsupported) throw new UsageError(`rule ${name} is not loaded: ${unsupported.reason}`);
  const named = new RegExp(`\\bsid\\s*:\\s*${sid}\\s*;`);
  const refused = [...rules.errors, ...rules.skipped].find(
    ({ rule }) => rule !== undefined && named.test(rule),
  );
  if (refused) throw new UsageError(`rule ${name} is not loaded: ${refused.message}`);
  throw new UsageError(`rule ${name} is not among the ${rules.signatures.length} loaded rules`);
}

/**
 * @param signature one of the loaded rules
 * @throws UsageError when there is no such capture
 */
export async function explain(
  loaded: LoadedRules,
  signature: Signature,
  options: CaptureOptions,
): Promise<ExplanationData> {
  const isMeant = (each: Pick<Signature, 'gid' | 'sid'>) =>
    each.gid === signature.gid && each.sid === signature.sid;
  const image = compiled(loaded, relatedRules(loaded.rules.signatures, signature), isMeant);
  const stored = Array.from({ length: image.count }, (_, number) => signatureAt(image, number)).find(
    isMeant,
  )!;
  const names = loaded.protocols.map(protocol => protocol.name);
  let explainer: Explainer | undefined;
  const whole = await inspectCapture(
    image,
    loaded,
    options,
    thread => {
      explainer = new Explainer(stored, image, thread, names);
      return explainer;
    },
    1,
  );
  return explainer!.result(!whole);
}

/** Observes the inspection, one packet at a time. */
class Explainer implements Observer {
  private readonly log: EvaluationLog<Subject>;
  private readonly facts: PacketFacts;
  private readonly reasons: HeaderReasons;
  private readonly headerFailures = new Map<string, HeaderFailure>();
  private readonly number: number;
  private packets = 0;
  private applied = 0;
  private matches = 0;
  private alerts = 0;
  /** The rules that decided about whole flows, by flow. */
  private readonly decidingRules = new Map<number, string>();
  readonly watch;

  constructor(
    private readonly signature: StoredSignature,
    private readonly image: RuleSetImage,
    private readonly thread: Thread,
    protocols: readonly string[],
  ) {
    const { memory, flows } = thread;
    this.number = signature.index;
    this.facts = new PacketFacts(memory, flows);
    this.reasons = new HeaderReasons(image, this.facts, memory, flows, protocols);
    this.log = new EvaluationLog([...conditionsOf(signature).values()], MAX_EVALUATIONS);
    this.watch = {
      conditions: (each: StoredSignature) =>
        each.index === this.number ? new ExplainingWatch(conditionsOf(each), this.log) : undefined,
      header: (_image: RuleSetImage, facts: PacketFacts, at: Inspection) =>
        new WatchedHeader(this.image, facts, at, this.number, this.log, thread),
      matched: (number: number) => this.matched(number),
    };
  }

  result(damaged: boolean): ExplanationData {
    const { signature, packets, applied, headerFailures, matches, alerts, log } = this;
    const { evaluations, omitted } = log;
    return { signature, packets, applied, headerFailures, evaluations, omitted, matches, alerts, damaged };
  }

  before(batch: Batch): void {
    for (let i = 0; i < batch.length; i++) this.inspect(batch.slots[i]!);
  }

  after(batch: Batch): void {
    const { row } = this.thread.memory;
    for (let i = 0; i < batch.length; i++) {
      const p = batch.slots[i]! * Packet.INTS;
      const isAlert =
        row[p + Packet.PSEUDO] === Packet.PSEUDO_EVENT && row[p + Packet.EVENT_KIND] === EVENT_ALERT;
      if (isAlert && row[p + Packet.EVENT_SIGNATURE] === this.number) this.alerts++;
    }
  }

  private inspect(slot: number): void {
    const p = slot * Packet.INTS;
    if (this.thread.memory.row[p + Packet.PSEUDO]! >= Packet.PSEUDO_STREAM) return;
    this.facts.load(slot);
    this.packets++;
    const reason = this.decided(p) ?? this.reasons.reasonFor(this.number);
    if (reason) this.recordFailure(reason);
    else this.applied++;
  }

  /** The packet is not inspected at all. */
  private decided(p: number): HeaderReason | undefined {
    const { row } = this.thread.memory;
    const { flow, f } = this.facts;
    const rank = Number.MAX_SAFE_INTEGER;
    if (row[p + Packet.FLAGS]! & Packet.FLAG_NO_INSPECTION)
      return { rank, text: 'the packet is not inspected' };
    if (flow < 0) return undefined;
    const action = this.thread.flows.row[f + Flow.ACTION]!;
    if (action === Flow.ACTION_NONE) return undefined;
    const by = this.decidingRules.get(flow);
    const verb =
      action === Flow.ACTION_DROP ? 'dropped' : action === Flow.ACTION_PASS ? 'passed' : 'accepted';
    return { rank, text: `its flow was ${verb} before${by === undefined ? '' : ` by rule ${by}`}` };
  }

  private recordFailure({ rank, text }: HeaderReason): void {
    const known = this.headerFailures.get(text);
    if (known) known.packets++;
    else {
      const first = subjectOf(this.facts, this.thread.memory);
      this.headerFailures.set(text, { reason: text, rank, packets: 1, first });
    }
  }

  private matched(number: number): void {
    if (number === this.number) {
      this.matches++;
      this.log.matched();
    }
    const action = this.image.header[number * Header.INTS + Header.ACTION]!;
    if (action === Header.ACTION_ALERT || action === Header.ACTION_CONFIG || this.facts.flow < 0) return;
    const { gid, sid } = signatureAt(this.image, number);
    this.decidingRules.set(this.facts.flow, `${gid}:${sid}`);
  }
}

class WatchedHeader extends HeaderTest {
  constructor(
    image: RuleSetImage,
    private readonly packet: PacketFacts,
    private readonly at: Inspection,
    private readonly number: number,
    private readonly log: EvaluationLog<Subject>,
    private readonly thread: Thread,
  ) {
    super(image, packet);
  }

  override holds(signature: number): boolean {
    const holds = super.holds(signature);
    if (holds && signature === this.number)
      this.log.begin(subjectOf(this.packet, this.thread.memory, this.at), this.at);
    return holds;
  }

  /** Left to the condition, which says more. */
  protected override fits(): boolean {
    return true;
  }
}
