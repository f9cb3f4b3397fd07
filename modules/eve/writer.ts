/** Shared by all record types: the means to write one eve-log entry's records. */
import { ByGeneration } from '../../engine/by-generation.js';
import { EVENT_GENERATION } from '../../engine/event.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import type { Subject } from '../../engine/record/subject.js';
import { alertSignatures } from '../../signatures/alert-signatures.js';
import { AppProtocols } from './app-protocol.js';
import { Header } from './header.js';
import type { Instance } from './instance.js';
import { JsonBytes } from './json-bytes.js';
import type { MacSets } from './mac-sets.js';
import { Members } from './members.js';
import { type KnownSignature, SignatureMembers } from './signature-members.js';

export class Writer {
  readonly json = new JsonBytes();
  readonly members: Members;
  readonly header: Header;
  readonly protocols: AppProtocols;
  private readonly signatures: ByGeneration<SignatureMembers>;

  constructor(
    readonly thread: Thread,
    readonly instance: Instance,
    sensor: string,
    macs: MacSets | undefined,
  ) {
    this.members = new Members(thread.memory.bytes);
    this.header = new Header(thread, instance, sensor, macs);
    this.protocols = new AppProtocols(thread);
    const make = (shared: Thread['shared']) => new SignatureMembers(alertSignatures(shared), instance.alert);
    this.signatures = new ByGeneration(make, thread.shared);
  }

  /** Signatures were reloaded. */
  reload(shared: Readonly<Record<string, unknown>>): void {
    this.signatures.reload(shared);
  }

  /** The signature of an alert or a drop. @throws RangeError when there is no such signature */
  signatureOf(subject: Subject): KnownSignature {
    return this.signatures.get(subject.field(EVENT_GENERATION)).at(subject.field(Packet.EVENT_SIGNATURE));
  }

  /** Iterates over the members written by the event's producer. */
  ownMembers(subject: Subject): Members {
    const start = subject.field(Packet.PAYLOAD);
    return this.members.ended(this.thread.memory.bytes, start, start + subject.field(Packet.PAYLOAD_LENGTH));
  }

  /** Writes the current member of the iteration. */
  copyMember(): void {
    this.json.members(this.thread.memory.bytes, this.members.start, this.members.valueEnd);
  }

  /** Writes all members of the event's producer, except variables if the entry excludes them. */
  copyMembers(subject: Subject): void {
    if (this.instance.metadata) {
      const start = subject.field(Packet.PAYLOAD);
      const end = start + subject.field(Packet.PAYLOAD_LENGTH);
      this.json.members(this.thread.memory.bytes, start, end);
      return;
    }
    const members = this.ownMembers(subject);
    while (members.next()) if (this.isMemberLogged(members)) this.copyMember();
  }

  /** Whether the entry logs the current member of the iteration: variables may be excluded. */
  isMemberLogged(members: Members): boolean {
    return this.instance.metadata || (!members.isNamed(METADATA) && !members.isNamed(TRAFFIC));
  }
}

const METADATA = new TextEncoder().encode('metadata');
const TRAFFIC = new TextEncoder().encode('traffic');
