/** `"tcp":{…}` of flow and netflow records: flags seen, and the state of the session at its end. */
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { Subject } from '../../engine/record/subject.js';
import * as TcpState from '../../engine/stream/tcp-state.js';
import { type JsonBytes, key } from './json-bytes.js';

const TCP = key('tcp');
const FLAGS = key('tcp_flags');
const FLAGS_TO_SERVER = key('tcp_flags_ts');
const FLAGS_TO_CLIENT = key('tcp_flags_tc');
const STATE = key('state');
const REGIONS_TO_SERVER = key('ts_max_regions');
const REGIONS_TO_CLIENT = key('tc_max_regions');

/** Members by bit of the flag byte. */
const FLAG_NAMES = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ecn', 'cwr'].map(key);
/** Order in which they are logged. */
const FLAG_ORDER = [1, 0, 2, 3, 4, 5, 6, 7];

export function writeTcp(json: JsonBytes, subject: Subject): void {
  const toServer = subject.flowField(FlowRecord.TCP_FLAGS_TO_SERVER);
  const toClient = subject.flowField(FlowRecord.TCP_FLAGS_TO_CLIENT);
  json.open(TCP);
  json.hex(FLAGS, toServer | toClient);
  json.hex(FLAGS_TO_SERVER, toServer);
  json.hex(FLAGS_TO_CLIENT, toClient);
  writeFlags(json, toServer | toClient);
  const state = subject.flowField(FlowRecord.TCP_STATE);
  if (state !== TcpState.NONE) {
    json.text(STATE, TcpState.STATE_NAMES[state] ?? 'none');
    // Each stream is reassembled in one region of memory.
    json.integer(REGIONS_TO_SERVER, 1);
    json.integer(REGIONS_TO_CLIENT, 1);
  }
  json.close();
}

/** The flags of one direction. */
export function writeTcpOfDirection(json: JsonBytes, flags: number): void {
  json.open(TCP);
  json.hex(FLAGS, flags);
  writeFlags(json, flags);
  json.close();
}

function writeFlags(json: JsonBytes, flags: number): void {
  for (const bit of FLAG_ORDER) if (flags & (1 << bit)) json.boolean(FLAG_NAMES[bit]!, true);
}
