/**
 * First pass over the transactions of a batch: newly visible buffers are copied together and scanned in as few
 * calls as the space allows. The candidates found are stored per update.
 */

import type { TransactionUpdate } from '../../engine/application-layer.js';
import type { BufferDeclaration } from '../../engine/protocol.js';
import { declarationOf } from '../../signatures/compile/applications.js';
import type { ApplicationRules, BufferSearch, RuleSetImage } from '../../signatures/compile/image.js';
import type { Inspection } from '../../signatures/inspection.js';
import type { RuleLanguage, Transformation } from '../../signatures/language.js';
import type { CompileEnvironment } from '../../signatures/match-compiler.js';
import type { Match } from '../../signatures/signature.js';
import type { FlowStates } from './flow-states.js';
import { NumberList } from './number-list.js';
import type { Renumberings } from './renumbering.js';
import { setBuffer } from './rule.js';
import type { Scan } from './scan.js';
import { type DirectionState, TransactionState } from './transaction-state.js';

/** A buffer of the protocol with the data needed to scan it. */
interface SearchedBuffer {
  readonly rules: BufferSearch;
  readonly declared: BufferDeclaration;
  readonly transform: Transformation | undefined;
  /** Index of its first value in the lists of a direction, if it grows; the next ones follow at intervals of `step`. */
  readonly place: number;
  readonly step: number;
}

export class TransactionPlan {
  /** Candidates of update `u`: `found.values[starts.values[u] … starts.values[u + 1])`. */
  readonly found = new NumberList();
  readonly starts = new NumberList();
  private readonly owners = new NumberList();
  private readonly searched = new Map<ApplicationRules, readonly SearchedBuffer[]>();
  private used = 0;

  /**
   * @param scanBuffer buffer space that is copied to: the memory scanned by `scan`
   * @param at used to run transformations
   */
  constructor(
    private readonly image: RuleSetImage,
    private readonly scan: Scan,
    private readonly scanBuffer: Uint8Array,
    private readonly language: RuleLanguage,
    private readonly environment: CompileEnvironment,
    private readonly at: Inspection,
    private readonly truncated: () => void,
    private readonly renumberings: Renumberings,
    private readonly states: FlowStates,
  ) {}

  run(updates: readonly TransactionUpdate[]): void {
    this.found.clear();
    this.starts.clear();
    this.begin();
    for (let u = 0; u < updates.length; u++) {
      const update = updates[u]!;
      const rules = this.image.applications[update.session.protocol.name]?.[update.toServer ? 0 : 1];
      if (rules && rules.buffers.length > 0) this.plan(u, update, rules);
    }
    this.finish();
    // Updates without candidates are empty.
    while (this.starts.length <= updates.length) this.starts.push(this.found.length);
  }

  /** Detection's state of an update's transaction. */
  stateOf(update: TransactionUpdate): TransactionState {
    const { transaction } = update;
    const { renumberings } = this;
    const known = transaction.detection as TransactionState | undefined;
    if (!known) {
      const made = new TransactionState(renumberings.generation);
      made.noteAnswer(transaction.responseRestarts ?? 0);
      transaction.detection = made;
      return made;
    }
    if (!known.isOf(renumberings.generation)) {
      known.renumber(renumberings);
      // Streams over growing buffers used the previous databases: they start again.
      known.toServer.close(this.scan);
      known.toClient.close(this.scan);
    }
    known.noteAnswer(transaction.responseRestarts ?? 0);
    return known;
  }

  private plan(u: number, update: TransactionUpdate, rules: ApplicationRules): void {
    const state = this.stateOf(update);
    const direction = state.direction(update.toServer);
    const list = this.searchedOf(rules, update);
    for (let i = 0; i < list.length; i++) {
      const searched = list[i]!;
      const { progress } = searched.rules;
      if (searched.rules.growing) {
        if (progress <= update.progress || update.bodyLength >= 0 || update.complete)
          this.scanGrowing(u, update, direction, searched);
      } else if (progress > direction.scanned && progress <= update.progress) {
        this.scanWhole(u, update, searched);
      }
    }
    direction.scanned = Math.max(direction.scanned, update.progress);
    // Only after all buffers were added: adding one may run the search, which closes the streams listed here.
    if (!update.complete || !direction.scanners) return;
    this.completedDirections.push(direction);
    this.states.removeOpenScan(update.session.flow, direction);
  }

  private searchedOf(rules: ApplicationRules, update: TransactionUpdate): readonly SearchedBuffer[] {
    let searched = this.searched.get(rules);
    if (!searched) {
      searched = rules.buffers.map((buffer, place) => ({
        rules: buffer,
        declared: declarationOf(update.session.protocol, buffer.keyword)!,
        transform: this.language.transforms(buffer.transforms as readonly Match[], this.environment),
        place,
        step: rules.buffers.length,
      }));
      this.searched.set(rules, searched);
    }
    return searched;
  }

  private scanWhole(
    u: number,
    update: TransactionUpdate,
    { rules, declared, transform }: SearchedBuffer,
  ): void {
    for (let index = 0; index === 0 || declared.multiple; index++) {
      let bytes = declared.get(update.transaction, update.toServer, index);
      if (bytes === undefined) return;
      let start = 0;
      let end = bytes.length;
      if (transform) {
        const { at } = this;
        at.transaction = update.transaction;
        setBuffer(at, bytes, 0, end, true, true);
        transform(at);
        ({ bytes, start, end } = at);
      }
      if (end > start) this.add(u, rules.search, 0, bytes, start, end, 0);
    }
  }

  /** Scans the data added since the last update. */
  private scanGrowing(
    u: number,
    update: TransactionUpdate,
    direction: DirectionState,
    { rules, declared, place, step }: SearchedBuffer,
  ): void {
    if (!direction.scanners) {
      direction.scanners = [];
      direction.lengths = [];
      this.states.addOpenScan(update.session.flow, direction);
    }
    for (let index = 0; index === 0 || declared.multiple; index++) {
      const bytes = declared.get(update.transaction, update.toServer, index);
      if (bytes === undefined) break;
      const visible = declared.whole || update.bodyLength < 0 ? bytes.length : update.bodyLength;
      const shown = Math.min(bytes.length, visible);
      this.scanGrowth(u, direction, rules.search, place + index * step, bytes, shown);
    }
  }

  /**
   * @param place index of its state in the direction's lists
   * @param to number of visible bytes
   */
  private scanGrowth(
    u: number,
    direction: DirectionState,
    search: number,
    place: number,
    bytes: Uint8Array,
    to: number,
  ): void {
    const lengths = direction.lengths!;
    const scanners = direction.scanners!;
    const from = lengths[place] ?? 0;
    if (to <= from) return;
    scanners[place] ||= this.scan.openStream(search);
    // Bodies larger than the space are scanned in pieces.
    for (let start = from; start < to; start += this.scanBuffer.length) {
      const end = Math.min(to, start + this.scanBuffer.length);
      this.add(u, search, scanners[place]!, bytes, start, end, start);
    }
    lengths[place] = to;
  }

  private readonly completedDirections: DirectionState[] = [];

  private add(
    u: number,
    search: number,
    stream: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    position: number,
  ): void {
    let length = end - start;
    if (length > this.scanBuffer.length) {
      this.truncated();
      length = this.scanBuffer.length;
    }
    if (this.used + length > this.scanBuffer.length) {
      this.finish();
      this.begin();
    }
    this.scanBuffer.set(
      start === 0 && length === bytes.length ? bytes : bytes.subarray(start, start + length),
      this.used,
    );
    this.scan.add(search, stream, this.used, length, position);
    this.owners.push(u);
    this.used += length;
  }

  private begin(): void {
    this.scan.clear();
    this.owners.clear();
    this.used = 0;
  }

  /** Scans the collected data and stores the candidates under its update. */
  private finish(): void {
    this.scan.run();
    for (let job = 0; job < this.scan.count; job++) {
      const owner = this.owners.values[job]!;
      while (this.starts.length <= owner) this.starts.push(this.found.length);
      if (this.scan.hasMatches(job)) this.scan.read(job, this.found);
    }
    for (const direction of this.completedDirections) direction.close(this.scan);
    this.completedDirections.length = 0;
  }
}
