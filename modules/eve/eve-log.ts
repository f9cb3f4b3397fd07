/** One EVE log: creates the record of an event, if this output entry wants it, and writes its line. */
import { isApplicationEvent } from '../../engine/application/packet-events.js';
import * as Event from '../../engine/event.js';
import type { LogWriter, Thread } from '../../engine/module.js';
import { isStreamEvent } from '../../engine/packet/packet-event-names.js';
import * as Packet from '../../engine/packet.js';
import { wantsForwardedFor } from '../../engine/record/forwarded-for.js';
import type { Subject } from '../../engine/record/subject.js';
import { writeAlert } from './alert.js';
import { forEachPacketEvent, writeOwnAnomaly, writePacketAnomaly } from './anomaly.js';
import { writeDrop } from './drop.js';
import { FirstDrops } from './first-drops.js';
import { writeFlow } from './flow.js';
import { fileOfThread, type Instance } from './instance.js';
import type { MacSets } from './mac-sets.js';
import { hasPackets, writeNetflow } from './netflow.js';
import {
  DNS_RESPONSE,
  isDnsLogged,
  isDnsResponse,
  isTypeLogged,
  otherType,
  TransactionKinds,
  transactionType,
  writeFileInfo,
  writeFrame,
  writeHttp,
  writeOther,
  writeTransaction,
} from './transaction.js';
import { Writer } from './writer.js';

const NEWLINE = 0x0a;

export class EveLog {
  readonly writer: Writer;
  private readonly log: LogWriter;
  private readonly prefix: Uint8Array;
  private readonly kinds = new TransactionKinds();
  private readonly firstDrops: FirstDrops | undefined;
  /** Some output logs the client named by a proxy: records of HTTP include it. */
  private readonly logsForwardedFor: boolean;

  /** @param inline packets can be dropped  @param macs MAC addresses of flows */
  constructor(
    thread: Thread,
    private readonly instance: Instance,
    sensor: string,
    private readonly inline: boolean,
    private readonly macs: MacSets | undefined,
    /** Bit of this entry in records meant for some entries only. */
    private readonly bit: number,
  ) {
    this.writer = new Writer(thread, instance, sensor, macs);
    const { file, threaded } = instance;
    this.log = thread.openLog(threaded ? fileOfThread(file, thread.index + 1) : file);
    this.prefix = new TextEncoder().encode(instance.prefix);
    this.logsForwardedFor = wantsForwardedFor(thread.config);
    const first = instance.types.has('drop') && !instance.drop.all;
    this.firstDrops = first ? new FirstDrops(thread.flows.capacity) : undefined;
  }

  /** Writes the records of an event. */
  logEvent(subject: Subject): void {
    const { types } = this.instance;
    switch (subject.field(Packet.EVENT_KIND)) {
      case Event.EVENT_ALERT:
        if (types.has('alert')) this.writeLine(() => writeAlert(this.writer, subject, this.inline));
        break;
      case Event.EVENT_FLOW:
        if (types.has('flow')) this.writeLine(() => writeFlow(this.writer, subject, this.macs));
        this.logNetflow(subject);
        break;
      case Event.EVENT_NETFLOW:
        this.logNetflow(subject);
        break;
      case Event.EVENT_ANOMALY:
        if (types.has('anomaly')) this.logAnomaly(subject);
        break;
      case Event.EVENT_DROP:
        if (types.has('drop')) this.logDrop(subject);
        break;
      case Event.EVENT_TRANSACTION:
        this.logTransaction(subject);
        break;
      case Event.EVENT_FILEINFO:
        if (types.has('files')) this.writeLine(() => writeFileInfo(this.writer, subject));
        break;
      case Event.EVENT_FRAME:
        if (types.has('frame') && this.isForThisOutput(subject))
          this.writeLine(() => writeFrame(this.writer, subject));
        break;
      case Event.EVENT_OTHER:
        this.logOther(subject);
        break;
    }
  }

  private logNetflow(subject: Subject): void {
    if (!this.instance.types.has('netflow')) return;
    for (const toServer of [true, false]) {
      if (hasPackets(subject, toServer))
        this.writeLine(() => writeNetflow(this.writer, subject, toServer, this.macs));
    }
  }

  private logAnomaly(subject: Subject): void {
    const { anomaly } = this.instance;
    if (subject.field(Packet.PAYLOAD_LENGTH) > 0) {
      if (anomaly.applayer) this.writeLine(() => writeOwnAnomaly(this.writer, subject));
      return;
    }
    forEachPacketEvent(subject, event => {
      if (!anomaly[kindOf(event)]) return;
      this.writeLine(() => writePacketAnomaly(this.writer, subject, event));
    });
  }

  /** Where nothing can be dropped, packets refused by a policy or a rule pass: there is nothing to log. */
  private logDrop(subject: Subject): void {
    if (!this.inline) return;
    if (this.firstDrops && !this.firstDrops.isFirst(subject)) return;
    this.writeLine(() => writeDrop(this.writer, subject, this.inline));
  }

  private logTransaction(subject: Subject): void {
    const { types, dns } = this.instance;
    if (!this.isForThisOutput(subject)) return;
    const type = transactionType(this.writer, subject);
    if (type === '' || !isTypeLogged(types, type)) return;
    if (type === 'dns' && !isDnsLogged(dns, subject)) return;
    const response = type === 'dns' && isDnsResponse(this.writer, subject);
    const kind = response ? DNS_RESPONSE : this.kinds.of(type);
    const write = type === 'http' && this.logsForwardedFor ? writeHttp : writeTransaction;
    this.writeLine(() => write(this.writer, subject, kind));
  }

  /** Whether the record is meant for this entry. */
  private isForThisOutput(subject: Subject): boolean {
    const outputs = subject.field(Event.TRANSACTION_OUTPUTS);
    return outputs === 0 || (outputs & this.bit) !== 0;
  }

  private logOther(subject: Subject): void {
    const type = otherType(this.writer, subject);
    if (isTypeLogged(this.instance.types, type)) this.writeLine(() => writeOther(this.writer, subject, type));
  }

  /** One record, one line. */
  private writeLine(write: () => void): void {
    const { json } = this.writer;
    json.reset();
    json.raw(this.prefix);
    write();
    json.byte(NEWLINE);
    this.log.write(json.bytes, 0, json.length);
  }
}

/** Which of the anomaly `types` an event of a packet belongs to. */
function kindOf(event: number): 'applayer' | 'stream' | 'decode' {
  if (isApplicationEvent(event)) return 'applayer';
  return isStreamEvent(event) ? 'stream' : 'decode';
}
