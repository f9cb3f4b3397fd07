/** Lua output scripts: transactions, packets, alerts, flows, files, stream data, and statistics. */

import type { Batch } from '../engine/batch.js';
import { ByGeneration } from '../engine/by-generation.js';
import type { Config } from '../engine/config/config.js';
import type { Finding } from '../engine/config/declared.js';
import { logFolder, outputs } from '../engine/config/output-list.js';
import * as Event from '../engine/event.js';
import * as Flow from '../engine/flow/flow-record.js';
import { Lua } from '../engine/lua/interpreter.js';
import type { LuaTable } from '../engine/lua.js';
import { defineModule, type Thread, type ThreadModule } from '../engine/module.js';
import * as Packet from '../engine/packet.js';
import { Subject } from '../engine/record/subject.js';
import { type AlertSignatures, alertSignatures } from '../signatures/alert-signatures.js';
import { newInspection } from '../signatures/inspection.js';
import type { FileRecord } from './lua/file-library.js';
import { OutputHost } from './lua/host.js';
import { eventOf } from './lua/needs.js';
import { type CurrentObjects, OutputScript } from './lua/script.js';
import { LUA_OUTPUT_OPTIONS, luaScripts } from './lua/settings.js';
import { luaStatistics } from './lua/statistics.js';
import { bodyChunks, Streams } from './lua/streams.js';
import { type TransactionAt, Transactions } from './lua/transactions.js';

const TCP = 6;

export default defineModule({
  summary: 'passes transactions, packets, flows, files and statistics to Lua output scripts',
  kind: 'output',
  options: [outputs, logFolder, ...LUA_OUTPUT_OPTIONS],
  check: invalidScripts,
  wants: eventsOf,
  statistics: config => (luaScripts(config).length > 0 ? luaStatistics(config) : []),
  create: thread => new LuaOutputs(thread),
});

function eventsOf(config: Config): number[] {
  const events = checkScripts(config, () => {}).flatMap(({ needs }) => eventOf(needs) ?? []);
  return [...new Set(events)];
}

/** Scripts that are missing, or cannot be run. */
function invalidScripts(config: Config): Finding[] {
  const findings: Finding[] = [];
  checkScripts(config, message =>
    findings.push({ path: 'outputs', kind: 'unaccepted', message, isWarning: true }),
  );
  return findings;
}

const SILENT = { debug() {}, info() {}, notice() {}, warning() {}, error() {} };

/** @param report called with what is wrong with a script  @returns the others, closed */
function checkScripts(config: Config, report: (message: string) => void): OutputScript[] {
  if (luaScripts(config).length === 0) return [];
  const { scripts } = openAll(config, { log: SILENT, name: '', index: 0, shared: {} }, report);
  for (const script of scripts) script.close(false);
  return scripts;
}

function openAll(
  config: Config,
  thread: Omit<ConstructorParameters<typeof OutputHost>[0], 'config'>,
  report: (message: string) => void,
): { host: OutputHost; scripts: OutputScript[] } {
  const lua = new Lua();
  const host = new OutputHost({ ...thread, config });
  const scripts = luaScripts(config).flatMap(settings => {
    try {
      return [new OutputScript(settings, lua, host)];
    } catch (error) {
      report(`lua: ${settings.file}: ${(error as Error).message}`);
      return [];
    }
  });
  return { host, scripts };
}

class LuaOutputs implements ThreadModule {
  private readonly host: OutputHost;
  private readonly scripts: readonly OutputScript[];
  private readonly subject: Subject;
  private readonly at;
  private readonly streams: Streams | undefined;
  private readonly transactions: Transactions;
  private readonly failed: number;
  /** Scripts whose first failure was logged. */
  private readonly failedScripts = new Set<OutputScript>();
  private readonly signatures: ByGeneration<AlertSignatures>;

  constructor(private readonly thread: Thread) {
    this.failed = thread.counters.declare('output.lua.errors');
    this.signatures = new ByGeneration(alertSignatures, thread.shared);
    const { host, scripts } = openAll(thread.config, thread, () => {});
    this.host = host;
    this.scripts = scripts.filter(script => script.needs.kind !== 'stats');
    for (const script of scripts) if (script.needs.kind === 'stats') script.close(false);
    this.subject = new Subject(thread.memory, thread.flows);
    this.at = newInspection(thread.memory, thread.flows);
    this.streams = this.scripts.some(isTcpStream) ? new Streams(thread) : undefined;
    this.transactions = new Transactions(thread);
    for (const script of this.scripts) this.guarded(script, () => script.setUp());
    if (this.scripts.some(isOfTransactions)) this.transactions.listen();
  }

  process(batch: Batch): void {
    const { row } = this.thread.memory;
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      const pseudo = row[slot * Packet.INTS + Packet.PSEUDO]!;
      if (pseudo === Packet.PSEUDO_EVENT) this.event(slot, row[slot * Packet.INTS + Packet.EVENT_KIND]!);
      else this.packet(slot, pseudo);
      this.logTransactions(slot);
      if (pseudo === Packet.PSEUDO_FLOW_END) this.forget(row[slot * Packet.INTS + Packet.FLOW]!);
    }
    this.logTransactions();
  }

  reload(shared: Thread['shared']): void {
    this.signatures.reload(shared);
  }

  close(): void {
    for (const script of this.scripts) this.guarded(script, () => script.close());
  }

  /** Transactions completed by a packet, or all remaining ones. */
  private logTransactions(slot?: number): void {
    for (let at = this.transactions.takeCompleted(slot); at; at = this.transactions.takeCompleted(slot)) {
      const { session } = at;
      this.loadPacket(at.slot, session.flow);
      this.setTransaction(at);
      for (const script of this.scripts) {
        const { needs } = script;
        const { name } = session.protocol;
        if (needs.kind === 'transaction' && needs.protocol === name) this.log(script, {});
        if (needs.kind === 'streaming' && needs.of === 'http' && name === 'http')
          for (const chunk of bodyChunks(at)) this.log(script, chunk);
      }
      this.setTransaction(undefined);
    }
  }

  private setTransaction(at: TransactionAt | undefined): void {
    this.at.transaction = at?.transaction;
    this.host.protocol = at?.session.protocol;
  }

  private event(slot: number, kind: number): void {
    const { subject } = this;
    for (const script of this.scripts) {
      const { needs } = script;
      if (needs.kind === 'streaming' || needs.kind === 'transaction' || eventOf(needs) !== kind) continue;
      subject.load(slot);
      this.loadPacket(subject.packet >= 0 ? subject.packet : slot, subject.flow);
      this.setTransaction(this.transactions.of(kind, subject));
      // Records of a flow are passed in after its packets are gone.
      if (kind === Event.EVENT_FLOW) this.host.recordAlerts(subject.flow, subject.flowField(Flow.ALERTS));
      this.log(script, {}, this.objectsOf(kind));
      this.setTransaction(undefined);
      if (kind === Event.EVENT_FLOW) this.host.endFlow(subject.flow);
    }
  }

  private objectsOf(kind: number): CurrentObjects {
    const { subject, signatures } = this;
    if (kind === Event.EVENT_ALERT)
      return {
        signature: signatures
          .get(subject.field(Event.EVENT_GENERATION))
          .at(subject.field(Packet.EVENT_SIGNATURE)),
      };
    if (kind !== Event.EVENT_FILEINFO) return {};
    const { fileinfo } = JSON.parse(`{${subject.payloadText()}}`) as { fileinfo?: FileRecord };
    return fileinfo ? { file: fileinfo } : {};
  }

  private packet(slot: number, pseudo: number): void {
    const { row } = this.thread.memory;
    const p = slot * Packet.INTS;
    const flow = row[p + Packet.FLOW]!;
    const isTcp = row[p + Packet.PROTOCOL] === TCP;
    const chunk = isTcp && flow >= 0 ? this.streams?.chunkOf(p, flow) : undefined;
    if (flow >= 0) this.host.recordAlerts(flow, row[p + Packet.ALERTS]!);
    for (const script of this.scripts) {
      const { needs } = script;
      if (needs.kind === 'packet' && needs.filter !== 'alerts' && pseudo <= Packet.PSEUDO_REASSEMBLED) {
        if (needs.filter === 'tcp' && !isTcp) continue;
        this.loadPacket(slot, flow);
        this.log(script, {});
      } else if (chunk && isTcpStream(script)) {
        this.loadPacket(slot, flow);
        this.log(script, chunk);
      }
    }
  }

  private forget(flow: number): void {
    this.streams?.forget(flow);
    this.host.endFlow(flow);
  }

  private loadPacket(slot: number, flow: number): void {
    const { at } = this;
    at.slot = slot;
    at.p = slot * Packet.INTS;
    at.flow = flow;
    at.f = flow * Flow.INTS;
  }

  private log(script: OutputScript, args: LuaTable, objects: CurrentObjects = {}): void {
    this.guarded(script, () => script.log(args, { at: this.at, ...objects }));
  }

  /** A failing script is logged once, and continues with the next event. */
  private guarded(script: OutputScript, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.thread.counters.values[this.failed]!++;
      // The message may contain packet data: an unbounded number of different messages would be possible.
      if (!this.failedScripts.has(script))
        this.thread.warnOnce(`lua: script failed: ${(error as Error).message}`);
      this.failedScripts.add(script);
    }
  }
}

const isTcpStream = ({ needs }: OutputScript): boolean => needs.kind === 'streaming' && needs.of === 'tcp';
const isOfTransactions = ({ needs }: OutputScript): boolean =>
  needs.kind === 'transaction' || (needs.kind === 'streaming' && needs.of === 'http');
