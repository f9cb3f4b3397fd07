/** EVE JSON: one line for each event of the `types` of an `eve-log` output: alerts, flows, transactions and others. */
import type { Batch } from '../engine/batch.js';
import { option, text } from '../engine/config/option.js';
import { logFolder, outputBit, outputs } from '../engine/config/output-list.js';
import { engineMode } from '../engine/exception-policy.js';
import { defineModule, type Thread, type ThreadModule } from '../engine/module.js';
import * as Packet from '../engine/packet.js';
import { Subject } from '../engine/record/subject.js';
import { EveLog } from './eve/eve-log.js';
import { instancesOf } from './eve/instance.js';
import { isReceivedPacket, MacSets } from './eve/mac-sets.js';
import { openEveLog } from './eve/open-log.js';
import { eveOptions } from './eve/options.js';
import { unknownTypes } from './eve/record-types.js';
import { eveStatistics } from './eve/stats.js';
import { eveWants } from './eve/wants.js';

const sensorName = option('sensor-name', text, '', 'name of this sensor, logged as host in each EVE record');

export default defineModule({
  summary: 'writes alerts, flows, transactions and other events as JSON lines',
  kind: 'output',
  options: [outputs, logFolder, sensorName, ...eveOptions],
  check: unknownTypes,
  wants: eveWants,
  statistics: config => eveStatistics(config, config.read(sensorName)),
  openLog: openEveLog,
  create: thread => new Eve(thread),
});

class Eve implements ThreadModule {
  private readonly subject: Subject;
  private readonly logs: readonly EveLog[];
  private readonly row: Int32Array;
  private readonly failed: number;
  private readonly macs: MacSets | undefined;

  constructor(private readonly thread: Thread) {
    const inline = thread.config.read(engineMode) === 'ips';
    const sensor = thread.config.read(sensorName);
    this.row = thread.memory.row;
    this.subject = new Subject(thread.memory, thread.flows);
    const instances = instancesOf(thread.config);
    const withMacs = instances.some(({ ethernet }) => ethernet);
    this.macs = withMacs ? new MacSets(thread.flows.capacity) : undefined;
    this.logs = instances.map(
      (instance, i) => new EveLog(thread, instance, sensor, inline, this.macs, outputBit(i)),
    );
    this.failed = thread.counters.declare('output.eve.errors');
  }

  process(batch: Batch): void {
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      const p = slot * Packet.INTS;
      if (this.row[p + Packet.PSEUDO] === Packet.PSEUDO_EVENT) this.logEvent(slot);
      else if (this.macs && isReceivedPacket(this.row, p)) this.addMacs(slot, this.macs);
    }
  }

  private addMacs(slot: number, macs: MacSets): void {
    this.subject.loadPacket(slot);
    macs.addPacket(this.subject);
  }

  reload(shared: Readonly<Record<string, unknown>>): void {
    for (const { writer } of this.logs) writer.reload(shared);
  }

  /** A record that cannot be created is counted, and logged once; the others are written. */
  private logEvent(slot: number): void {
    this.subject.load(slot);
    for (const log of this.logs) {
      try {
        log.logEvent(this.subject);
      } catch (error) {
        this.thread.counters.values[this.failed]!++;
        this.thread.warnOnce(`an EVE record could not be written: ${(error as Error).message}`);
      }
    }
  }
}
