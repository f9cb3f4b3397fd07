/** `alert`: a signature matched. */
import {
  ALERT_ACTION,
  ALERT_ACTION_CHANGED,
  ALERT_FLAGS,
  ALERT_TRANSACTION_GUESSED,
} from '../../engine/event.js';
import * as Packet from '../../engine/packet.js';
import type { Subject } from '../../engine/record/subject.js';
import type { AlertSignature } from '../../signatures/alert-signatures.js';
import { writeFlowSoFar } from './flow.js';
import { forwardedFor, XFF, XFF_MEMBER } from './forwarded-for.js';
import type { HeaderKind } from './header.js';
import { type JsonBytes, key } from './json-bytes.js';
import { writePacket, writePayload } from './payload.js';
import { writeTunnel } from './tunnel.js';
import { writeVerdict } from './verdict.js';
import type { Writer } from './writer.js';

const encoder = new TextEncoder();
const KIND: HeaderKind = { type: encoder.encode('alert'), direction: 'event', packet: true };
const ALERT = key('alert');
const ACTION = key('action');
const ALLOWED = encoder.encode('allowed');
const BLOCKED = encoder.encode('blocked');
const SOURCE = key('source');
const TARGET = key('target');
const IP = key('ip');
const PORT = key('port');
const GUESSED = key('tx_guessed');
const DIRECTION = key('direction');
const TO_SERVER = encoder.encode('to_server');
const TO_CLIENT = encoder.encode('to_client');
const ALERT_MEMBER = encoder.encode('alert');
const FIREWALL_MEMBER = encoder.encode('firewall');
const METADATA_MEMBER = encoder.encode('metadata');
const TRAFFIC_MEMBER = encoder.encode('traffic');

/** @param inline packets can be dropped here */
export function writeAlert(writer: Writer, subject: Subject, inline: boolean): void {
  const { json, header, instance, protocols } = writer;
  const { alert: settings } = instance;
  const { alert: wanted } = instance.forwardedFor;
  const client = wanted && forwardedFor(writer, subject, wanted);
  header.client = wanted?.mode === 'overwrite' ? client : undefined;
  header.write(json, subject, KIND);
  header.client = undefined;
  if (subject.field(ALERT_FLAGS) & ALERT_TRANSACTION_GUESSED) json.boolean(GUESSED, true);
  writeTunnel(json, subject, header);
  writeSignature(writer, subject, inline);
  protocols.write(json, subject);
  writeOwnMembers(writer, subject);
  if (subject.flow >= 0) {
    json.plain(DIRECTION, subject.eventToServer ? TO_SERVER : TO_CLIENT);
    if (settings.flow) writeFlowSoFar(json, subject, header);
  }
  writePayload(json, subject, settings);
  if (settings.packet) writePacket(json, subject);
  if (settings.verdict) writeVerdict(json, subject, isPass(writer, subject));
  json.close();
}

/** `"alert":{…}` of the event's signature, merged with members passed in the payload (`"alert":{…}`). */
export function writeSignature(writer: Writer, subject: Subject, inline: boolean): void {
  const { json } = writer;
  const { signature, members: fixed } = writer.signatureOf(subject);
  json.open(ALERT);
  json.plain(ACTION, isBlocked(signature, changedAction(subject), inline) ? BLOCKED : ALLOWED);
  json.members(fixed, 0, fixed.length);
  writer.header.writeTenant(json, subject);
  if (signature.target) writeTarget(writer, signature.target);
  const members = writer.ownMembers(subject);
  while (members.next()) {
    if (members.isNamed(ALERT_MEMBER)) {
      json.members(writer.thread.memory.bytes, members.valueStart + 1, members.valueEnd - 1);
    }
  }
  const { alert: wanted } = writer.instance.forwardedFor;
  const client = wanted?.mode === 'extra-data' ? forwardedFor(writer, subject, wanted) : undefined;
  if (client !== undefined) json.text(XFF, client);
  json.close();
}

/** The action set by a rate filter; undefined when it is the signature's own. */
function changedAction(subject: Subject): number | undefined {
  return subject.field(ALERT_FLAGS) & ALERT_ACTION_CHANGED ? subject.field(ALERT_ACTION) : undefined;
}

/** Rejects are performed even where packets cannot be dropped. */
function isBlocked(signature: AlertSignature, action: number | undefined, inline: boolean): boolean {
  if (action === undefined)
    return signature.action.startsWith('reject') || (inline && signature.action === 'drop');
  if (action === Packet.VERDICT_DROP) return inline;
  return action >= Packet.VERDICT_REJECT && action <= Packet.VERDICT_REJECT_BOTH;
}

function isPass(writer: Writer, subject: Subject): boolean {
  return writer.signatureOf(subject).signature.action === 'pass';
}

/** Which side is attacked, according to the signature's `target`. */
function writeTarget({ json, header }: Writer, target: 'src_ip' | 'dest_ip'): void {
  const sourceIsTarget = target === 'src_ip';
  const { endpoints } = header;
  writeSide(json, sourceIsTarget, TARGET, true);
  writeSide(json, sourceIsTarget, SOURCE, false);

  function writeSide(out: JsonBytes, isSource: boolean, name: Uint8Array, attacked: boolean): void {
    const fromSource = isSource === attacked;
    out.open(name);
    header.writeAddress(out, IP, endpoints, fromSource ? endpoints.source : endpoints.destination);
    if (header.hasPorts) out.integer(PORT, fromSource ? endpoints.sourcePort : endpoints.destinationPort);
    out.close();
  }
}

/** Records of the protocol, and variables, as configured for the entry. */
function writeOwnMembers(writer: Writer, subject: Subject): void {
  const { instance } = writer;
  const members = writer.ownMembers(subject);
  while (members.next()) {
    if (members.isNamed(ALERT_MEMBER) || members.isNamed(XFF_MEMBER)) continue;
    if (members.isNamed(FIREWALL_MEMBER)) {
      writer.copyMember();
      continue;
    }
    const variables = members.isNamed(METADATA_MEMBER) || members.isNamed(TRAFFIC_MEMBER);
    if (variables ? instance.metadata : instance.alert.appLayer) writer.copyMember();
  }
}
