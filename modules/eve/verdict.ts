/** `"verdict":{…}`: the verdict on the packet of an alert or a drop. */
import * as Packet from '../../engine/packet.js';
import type { Subject } from '../../engine/record/subject.js';
import { type JsonBytes, key } from './json-bytes.js';

const NO_KEY = new Uint8Array(0);
const VERDICT = key('verdict');
const ACTION = key('action');
const REJECT_TARGET = key('reject-target');
const REJECT = key('reject');
const TCP = 6;

/** Which side a rejection is sent to, by verdict. */
const TARGETS: Readonly<Record<number, string>> = {
  [Packet.VERDICT_REJECT]: 'to_client',
  [Packet.VERDICT_REJECT_DESTINATION]: 'to_server',
  [Packet.VERDICT_REJECT_BOTH]: 'both',
};

/** @param passed the packet was passed by a pass rule */
export function writeVerdict(json: JsonBytes, subject: Subject, passed: boolean): void {
  const verdict = subject.packetField(Packet.VERDICT);
  const target = TARGETS[verdict];
  json.open(VERDICT);
  if (target !== undefined) {
    json.text(ACTION, 'drop');
    json.text(REJECT_TARGET, target);
    json.openArray(REJECT);
    json.text(NO_KEY, subject.packetField(Packet.PROTOCOL) === TCP ? 'tcp-reset' : 'icmp-prohib');
    json.closeArray();
  } else if (verdict === Packet.VERDICT_DROP) json.text(ACTION, 'drop');
  else json.text(ACTION, passed || verdict === Packet.VERDICT_PASS ? 'pass' : 'alert');
  json.close();
}
