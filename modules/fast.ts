/** fast.log: one line of text for each alert. */
import { addressText } from '../engine/address.js';
import { ALERT_SIGNATURES, type AlertSignature, type AlertSignatures } from '../engine/alert-signature.js';
import type { Batch } from '../engine/batch.js';
import type { Config } from '../engine/config/config.js';
import { boolean, option, text } from '../engine/config/option.js';
import { logFolder, logPath, outputEntries, outputs } from '../engine/config/output-list.js';
import { ALERT_ACTION, EVENT_ALERT } from '../engine/event.js';
import { engineMode } from '../engine/exception-policy.js';
import { IP_PROTOCOL_NAMES } from '../engine/ip-protocol-names.js';
import { defineModule, type LogWriter, type Thread, type ThreadModule } from '../engine/module.js';
import * as Packet from '../engine/packet.js';
import { Endpoints } from '../engine/record/endpoints.js';
import { Subject } from '../engine/record/subject.js';
import { LineTimestamp } from '../engine/timestamp.js';

const enabled = option('outputs.*.fast.enabled', boolean, true, 'whether fast.log is written');
const filename = option('outputs.*.fast.filename', text, 'fast.log', 'file of the alert lines');

export default defineModule({
  summary: 'writes a line of text for each alert',
  kind: 'output',
  options: [outputs, logFolder, enabled, filename],
  wants: config => (outputEntries(config, 'fast').length > 0 ? [EVENT_ALERT] : []),
  create: thread => new Fast(thread),
});

/** Bytes of a packet without addresses that are shown. */
const RAW_BYTES = 24;
/** Longest line: a message and a classification may be long. */
const LINE_BYTES = 32 << 10;

class Fast implements ThreadModule {
  private readonly subject: Subject;
  private readonly endpoints = new Endpoints();
  private readonly files: readonly LogWriter[];
  private readonly timestamp = new LineTimestamp();
  private readonly line = new Uint8Array(LINE_BYTES);
  private readonly encoder = new TextEncoder();
  private readonly inline: boolean;
  private signatures: AlertSignatures | undefined;
  /** The part of the line that is the same for each alert of a signature; bounded by their number. */
  private readonly middles = new Map<number, string>();

  constructor(thread: Thread) {
    this.subject = new Subject(thread.memory, thread.flows);
    this.files = pathsOf(thread.config).map(path => thread.openLog(path));
    this.inline = thread.config.read(engineMode) === 'ips';
    this.signatures = thread.shared[ALERT_SIGNATURES] as AlertSignatures | undefined;
  }

  process(batch: Batch): void {
    const { row } = this.subject;
    for (let i = 0; i < batch.length; i++) {
      const e = batch.slots[i]! * Packet.INTS;
      if (row[e + Packet.PSEUDO] !== Packet.PSEUDO_EVENT || row[e + Packet.EVENT_KIND] !== EVENT_ALERT)
        continue;
      this.subject.load(batch.slots[i]!);
      this.write();
    }
  }

  reload(shared: Readonly<Record<string, unknown>>): void {
    this.signatures = shared[ALERT_SIGNATURES] as AlertSignatures | undefined;
    this.middles.clear();
  }

  private write(): void {
    const { subject, line } = this;
    const index = subject.field(Packet.EVENT_SIGNATURE);
    const signature = this.signatures?.at(index);
    if (!signature) return;
    const start = this.timestamp.write(
      subject.field(Packet.SECONDS),
      subject.field(Packet.NANOSECONDS),
      line,
      0,
    );
    const rest = `  ${this.action(signature)}${this.middle(index, signature)}${this.where()}\n`;
    const { written } = this.encoder.encodeInto(rest, line.subarray(start));
    for (const file of this.files) file.write(line, 0, start + written);
  }

  /** Drops are told as such; where nothing can be dropped, as what would have been. */
  private action(signature: AlertSignature): string {
    const own = this.subject.field(ALERT_ACTION);
    const drops = own === 0 ? signature.action === 'drop' : own === Packet.VERDICT_DROP;
    return drops ? (this.inline ? '[Drop] ' : '[wDrop] ') : '';
  }

  private middle(index: number, signature: AlertSignature): string {
    let middle = this.middles.get(index);
    if (middle === undefined) {
      const { gid, sid, rev, msg, category, priority } = signature;
      const title = `[**] [${gid}:${sid}:${rev}] ${msg} [**]`;
      middle = `${title} [Classification: ${category || '(null)'}] [Priority: ${priority}] `;
      this.middles.set(index, middle);
    }
    return middle;
  }

  /** `{TCP} 192.0.2.1:1234 -> 192.0.2.2:80`, or the first bytes of a packet that has no addresses. */
  private where(): string {
    const { subject, endpoints } = this;
    endpoints.load(subject, 'packet');
    const { version, bytes, protocol } = endpoints;
    if (version === 0) return this.rawPacket();
    const source = `${addressText(bytes, endpoints.source, version)}:${endpoints.sourcePort}`;
    const destination = `${addressText(bytes, endpoints.destination, version)}:${endpoints.destinationPort}`;
    return `{${IP_PROTOCOL_NAMES[protocol & 255]}} ${source} -> ${destination}`;
  }

  private rawPacket(): string {
    const { subject } = this;
    const start = subject.packetField(Packet.DATA);
    const end = start + Math.min(RAW_BYTES, subject.packetField(Packet.LENGTH));
    const hex = Array.from(subject.memory.bytes.subarray(start, end), byte =>
      byte.toString(16).padStart(2, '0'),
    );
    const number = subject.field(Packet.NUMBER);
    return `[**] [Raw pkt: ${hex.join(' ')} ]${number > 0 ? ` [pcap file packet: ${number}]` : ''}`;
  }
}

/** Files of the entries that are on. */
function pathsOf(config: Config): string[] {
  return outputEntries(config, 'fast').map(entry => {
    return logPath(config, entry.read({ ...filename, path: 'filename' }));
  });
}
