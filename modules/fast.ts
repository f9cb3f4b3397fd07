/** fast.log: one line of text for each alert; and `syslog`, which writes alerts to the system log. */
import { fullAddressText } from '../engine/address.js';
import type { Batch } from '../engine/batch.js';
import { ByGeneration } from '../engine/by-generation.js';
import type { Config } from '../engine/config/config.js';
import { boolean, option, text } from '../engine/config/option.js';
import { logFolder, logPath, outputEntries, outputs } from '../engine/config/output-list.js';
import {
  ALERT_ACTION,
  ALERT_ACTION_CHANGED,
  ALERT_FLAGS,
  EVENT_ALERT,
  EVENT_GENERATION,
} from '../engine/event.js';
import { engineMode } from '../engine/exception-policy.js';
import { Syslog } from '../engine/log-file/syslog.js';
import { defineModule, type LogWriter, type Thread, type ThreadModule } from '../engine/module.js';
import { IP_PROTOCOL_NAMES } from '../engine/packet/ip-protocol-names.js';
import * as Packet from '../engine/packet.js';
import { Endpoints } from '../engine/record/endpoints.js';
import { Subject } from '../engine/record/subject.js';
import { LineTimestamp } from '../engine/timestamp.js';
import { isDrop } from '../engine/verdict.js';
import {
  type AlertSignature,
  type AlertSignatures,
  alertSignatures,
} from '../signatures/alert-signatures.js';
import { SYSLOG_OPTIONS, syslogs } from './fast/syslog-settings.js';

const enabled = option('outputs.*.fast.enabled', boolean, true, 'enable fast.log');
const filename = option('outputs.*.fast.filename', text, 'fast.log', 'file name');

export default defineModule({
  summary: 'writes a line of text for each alert',
  kind: 'output',
  options: [outputs, logFolder, enabled, filename, ...SYSLOG_OPTIONS],
  wants: config => (outputEntries(config, 'fast').length + syslogs(config).length > 0 ? [EVENT_ALERT] : []),
  openLog(file, config, warn) {
    const settings = syslogs(config).find(each => each.file === file);
    return settings && new Syslog(settings, warn);
  },
  create: thread => new Fast(thread),
});

/** Number of bytes shown of a packet without addresses. */
const RAW_BYTES = 24;
/** Longest line: messages and classifications may be long. */
const LINE_BYTES = 32 << 10;

/** What is stored per signature. */
interface SignatureText {
  readonly middle: string;
  readonly drops: boolean;
}

/** What is stored of the signatures of one rule load. */
class SignatureTexts {
  /** Bounded by the number of signatures. */
  private readonly known = new Map<number, SignatureText>();

  constructor(private readonly signatures: AlertSignatures) {}

  at(index: number): SignatureText {
    let known = this.known.get(index);
    if (known === undefined) {
      known = signatureText(this.signatures.at(index));
      this.known.set(index, known);
    }
    return known;
  }
}

class Fast implements ThreadModule {
  private readonly subject: Subject;
  private readonly endpoints = new Endpoints();
  private readonly files: readonly LogWriter[];
  /** System logs. */
  private readonly syslogs: readonly LogWriter[];
  private readonly timestamp = new LineTimestamp();
  private readonly line = new Uint8Array(LINE_BYTES);
  private readonly encoder = new TextEncoder();
  private readonly inline: boolean;
  private readonly failed: number;
  private readonly signatures: ByGeneration<SignatureTexts>;

  constructor(private readonly thread: Thread) {
    this.failed = thread.counters.declare('output.fast.errors');
    this.subject = new Subject(thread.memory, thread.flows);
    this.files = pathsOf(thread.config).map(path => thread.openLog(path));
    this.syslogs = syslogs(thread.config).map(({ file }) => thread.openLog(file));
    this.inline = thread.config.read(engineMode) === 'ips';
    this.signatures = new ByGeneration(shared => new SignatureTexts(alertSignatures(shared)), thread.shared);
  }

  process(batch: Batch): void {
    const { row } = this.subject;
    for (let i = 0; i < batch.length; i++) {
      const e = batch.slots[i]! * Packet.INTS;
      if (row[e + Packet.PSEUDO] !== Packet.PSEUDO_EVENT || row[e + Packet.EVENT_KIND] !== EVENT_ALERT)
        continue;
      this.subject.load(batch.slots[i]!);
      this.logAlert();
    }
  }

  reload(shared: Readonly<Record<string, unknown>>): void {
    this.signatures.reload(shared);
  }

  /** A line that cannot be created is counted, and logged once; the others are written. */
  private logAlert(): void {
    try {
      this.write();
    } catch (error) {
      this.thread.counters.values[this.failed]!++;
      this.thread.warnOnce(`a line of fast.log could not be written: ${(error as Error).message}`);
    }
  }

  private write(): void {
    const { subject, line } = this;
    const known = this.signatures
      .get(subject.field(EVENT_GENERATION))
      .at(subject.field(Packet.EVENT_SIGNATURE));
    const message = `${this.actionText(known)}${known.middle}${this.endpointsText()}\n`;
    if (this.syslogs.length > 0) this.writeSyslog(message);
    if (this.files.length === 0) return;
    const start = this.timestamp.write(
      Packet.secondsOf(subject.row, subject.e),
      subject.field(Packet.NANOSECONDS),
      line,
      0,
    );
    const { written } = this.encoder.encodeInto(`  ${message}`, line.subarray(start));
    for (const file of this.files) file.write(line, 0, start + written);
  }

  /** The system log adds the time, and has no markers. */
  private writeSyslog(message: string): void {
    const { written } = this.encoder.encodeInto(message.replaceAll('[**] ', ''), this.line);
    for (const log of this.syslogs) log.write(this.line, 0, written);
  }

  /** Drops and rejections are marked as such; where nothing can be dropped, as would-be drops. */
  private actionText({ drops }: SignatureText): string {
    const { subject } = this;
    const changed = (subject.field(ALERT_FLAGS) & ALERT_ACTION_CHANGED) !== 0;
    const dropped = changed ? isDrop(subject.field(ALERT_ACTION)) : drops;
    return dropped ? (this.inline ? '[Drop] ' : '[wDrop] ') : '';
  }

  /** `{TCP} 192.0.2.1:1234 -> 192.0.2.2:80`, or the first bytes of a packet without addresses. */
  private endpointsText(): string {
    const { subject, endpoints } = this;
    endpoints.load(subject, 'event');
    const { version, bytes, protocol } = endpoints;
    if (version === 0) return this.rawPacketText();
    const source = `${fullAddressText(bytes, endpoints.source, version)}:${endpoints.sourcePort}`;
    const destination = `${fullAddressText(bytes, endpoints.destination, version)}:${endpoints.destinationPort}`;
    return `{${IP_PROTOCOL_NAMES[protocol & 255]}} ${source} -> ${destination}`;
  }

  private rawPacketText(): string {
    const { subject } = this;
    const start = subject.packetField(Packet.DATA);
    const end = start + Math.min(RAW_BYTES, subject.packetField(Packet.LENGTH));
    const hex = Array.from(subject.memory.bytes.subarray(start, end), byte =>
      byte.toString(16).padStart(2, '0'),
    );
    const number = Packet.numberOf(subject.row, subject.e);
    return `[**] [Raw pkt: ${hex.join(' ')} ]${number > 0 ? ` [pcap file packet: ${number}]` : ''}`;
  }
}

/** The part of the line that is the same for each alert of the signature. */
function signatureText({ gid, sid, rev, msg, category, priority, action }: AlertSignature): SignatureText {
  const title = `[**] [${gid}:${sid}:${rev}] ${msg} [**]`;
  const middle = `${title} [Classification: ${category || '(null)'}] [Priority: ${priority}] `;
  return { middle, drops: action === 'drop' || action.startsWith('reject') };
}

/** Files of the enabled entries. */
function pathsOf(config: Config): string[] {
  return outputEntries(config, 'fast').map(entry => {
    return logPath(config, entry.read({ ...filename, path: 'filename' }));
  });
}
