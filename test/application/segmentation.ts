/**
 * Checks that application records do not depend on segmentation: takes the reassembled streams of captures and gives
 * them to the parsers whole, in random pieces and byte by byte.
 *
 * `node dist/test/application/segmentation.js FOLDER [MOST]` checks all captures in a folder.
 */

import { loadProtocols } from '../../engine/application/load-protocols.js';
import type { Batch } from '../../engine/batch.js';
import { runModules } from '../../engine/cli/reassemble/single-thread.js';
import { Config } from '../../engine/config/config.js';
import { loadConfig } from '../../engine/config/load.js';
import * as Flow from '../../engine/flow/flow-record.js';
import type { Log, Thread, ThreadModule } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import type { Protocol } from '../../engine/protocol.js';
import decode from '../../modules/decode.js';
import flow from '../../modules/flow.js';
import pcap from '../../modules/pcap.js';
import stream from '../../modules/stream.js';
import { capturesBelow } from '../conformance/captures.js';
import { randomNumbers } from '../pseudo-random.js';
import { Feed } from './feed.js';

/** One delivery of data of one direction. */
interface Delivery {
  readonly toServer: boolean;
  readonly bytes: Uint8Array;
  readonly missing: number;
  readonly end: 'no' | 'end' | 'reset';
}

interface Conversation {
  readonly serverPort: number;
  readonly deliveries: Delivery[];
}

const QUIET: Log = { debug() {}, info() {}, notice() {}, warning() {}, error() {} };
const OUTPUTS = {
  outputs: [{ 'eve-log': { types: ['http', 'dns', 'tls', 'files', 'anomaly'] } }],
};
/** Most bytes of a conversation that are replayed: byte by byte, more would take too long. */
const MOST_BYTES = 200_000;
const ENDS = Packet.STREAM_END | Packet.STREAM_RESET;

/** Records what the stream module delivers to protocols, until each flow has ended. */
class Listener implements ThreadModule {
  private readonly open = new Map<number, Conversation>();

  constructor(
    private readonly thread: Thread,
    private readonly over: (conversation: Conversation) => void,
  ) {}

  process(batch: Batch): void {
    const { row } = this.thread.memory;
    for (let i = 0; i < batch.length; i++) {
      const p = batch.slots[i]! * Packet.INTS;
      const number = row[p + Packet.FLOW]!;
      if (number < 0 || row[p + Packet.PROTOCOL] !== TCP) continue;
      if (isDelivery(row, p)) this.note(p, number);
      if (row[p + Packet.PSEUDO] === Packet.PSEUDO_FLOW_END) this.finish(number);
    }
  }

  private note(p: number, number: number): void {
    const { row, bytes } = this.thread.memory;
    const flags = row[p + Packet.STREAM_FLAGS]!;
    const beyond = (flags & Packet.STREAM_BEYOND) !== 0;
    const start = row[p + Packet.STREAM_DATA]! >>> 0;
    this.of(number).deliveries.push({
      toServer: (flags & Packet.STREAM_TO_SERVER) !== 0,
      bytes: bytes.slice(start, start + (beyond ? 0 : row[p + Packet.STREAM_LENGTH]!)),
      missing: beyond ? 0 : row[p + Packet.STREAM_GAP]!,
      end: (flags & Packet.STREAM_RESET) !== 0 ? 'reset' : (flags & ENDS) !== 0 ? 'end' : 'no',
    });
  }

  private of(number: number): Conversation {
    let known = this.open.get(number);
    if (!known) {
      known = { serverPort: this.thread.flows.row[number * Flow.INTS + Flow.SERVER_PORT]!, deliveries: [] };
      this.open.set(number, known);
    }
    return known;
  }

  private finish(number: number): void {
    const known = this.open.get(number);
    this.open.delete(number);
    if (known) this.over(known);
  }
}

const TCP = 6;

/** Later data of the server has no flags. */
function isDelivery(row: Int32Array, p: number): boolean {
  return [Packet.STREAM_FLAGS, Packet.STREAM_LENGTH, Packet.STREAM_GAP].some(column => row[p + column] !== 0);
}

async function conversationsOf(capture: string): Promise<Conversation[]> {
  const found: Conversation[] = [];
  const { config } = loadConfig({ sets: ['stream.midstream=true', 'capture.checksum-validation=none'] });
  const settings = new Config({ ...config.tree, 'pcap-file': { files: [capture] } });
  await runModules(
    [pcap, decode, flow, stream],
    { config: settings, log: QUIET },
    thread => new Listener(thread, conversation => found.push(conversation)),
  );
  return found;
}

/** Joins adjacent deliveries of one direction; data beyond the maximum length is cut off. */
function merged(deliveries: readonly Delivery[]): Delivery[] {
  const result: Delivery[] = [];
  let length = 0;
  for (const delivery of deliveries) {
    if (length + delivery.bytes.length > MOST_BYTES) break;
    length += delivery.bytes.length;
    const last = result.at(-1);
    if (last && last.toServer === delivery.toServer && last.end === 'no' && delivery.missing === 0)
      result[result.length - 1] = {
        ...last,
        end: delivery.end,
        bytes: Buffer.concat([last.bytes, delivery.bytes]),
      };
    else result.push(delivery);
  }
  return result;
}

/** @param next length of the next piece */
function recordsOf(
  protocols: readonly Protocol[],
  { serverPort }: Conversation,
  deliveries: readonly Delivery[],
  next: () => number,
): string {
  const feed = new Feed(protocols, { serverPort, config: OUTPUTS });
  for (const { toServer, bytes, missing, end } of deliveries) {
    if (missing > 0) feed.gap(toServer, missing);
    feed.pieces(toServer, bytes, next);
    if (end !== 'no') feed.close(toServer, end === 'reset');
  }
  feed.end();
  const files = feed.files.map(({ file }) => [file.nameText, file.state, file.size, file.digest('sha256')]);
  const events = feed.anomalies.map(each => JSON.stringify(each)).sort();
  // Transactions that end with the same delivery are reported in the order in which they began.
  const records = feed.records.map(each => JSON.stringify(each)).sort();
  const noted = [...feed.packetEvents].sort();
  const known = [Flow.APP_PROTOCOL, Flow.APP_PROTOCOL_TO_SERVER, Flow.APP_PROTOCOL_TO_CLIENT].map(column =>
    feed.flow(column),
  );
  return JSON.stringify({ records, events, files, noted, known });
}

/**
 * HTTP events that depend on what was delivered together: browsers and servers treat data directly behind a body as
 * part of it unless it begins another message, and a request line without a protocol as one with a protocol if a header
 * is already there. If the same data arrives later, it is a message of its own.
 */
const CAME_ALONG = ['RESPONSE_BODY_UNEXPECTED', 'REQUEST_BODY_UNEXPECTED', 'REQUEST_LINE_MISSING_PROTOCOL'];
/** Replies delivered together with the reply that changes the protocol are still parsed as the protocol before. */
const CHANGES = /\/protocol-change-failed-event\//;

/** Whether records may depend on segmentation: for some protocols it matters what is delivered together. */
function mayDiffer(capture: string, one: string, other: string): boolean {
  return CHANGES.test(capture) || CAME_ALONG.some(event => one.includes(event) || other.includes(event));
}

/**
 * @returns one line for each conversation whose records wrongly depend on segmentation, and the number of
 * conversations
 */
export async function differences(
  capture: string,
  protocols: readonly Protocol[],
): Promise<{ lines: string[]; conversations: number; cameAlong: number }> {
  const lines: string[] = [];
  let cameAlong = 0;
  const conversations = await conversationsOf(capture);
  conversations.forEach((conversation, i) => {
    const deliveries = merged(conversation.deliveries);
    const whole = recordsOf(protocols, conversation, deliveries, () => Number.MAX_SAFE_INTEGER);
    const numbers = randomNumbers(i + 1);
    const cuts = { 'random pieces': () => 1 + numbers(40), 'single bytes': () => 1 };
    for (const [name, next] of Object.entries(cuts)) {
      const cut = recordsOf(protocols, conversation, deliveries, next);
      if (cut === whole) continue;
      if (mayDiffer(capture, whole, cut)) cameAlong++;
      else lines.push(`conversation ${i}: ${name}\n  ${cut}\n  ${whole}`);
    }
  });
  return { lines, conversations: conversations.length, cameAlong };
}

async function main(folder: string, most: number): Promise<void> {
  const protocols = await loadProtocols();
  let wrong = 0;
  let all = 0;
  let along = 0;
  for (const capture of capturesBelow(folder).slice(0, most)) {
    const { lines, conversations, cameAlong } = await differences(capture, protocols);
    all += conversations;
    along += cameAlong;
    wrong += lines.length;
    for (const line of lines) process.stdout.write(`${capture}: ${line}\n`);
  }
  process.stdout.write(`${all} conversations, ${wrong} differences; ${along} expected differences\n`);
  if (wrong > 0) process.exitCode = 1;
}

if (process.argv[1]?.endsWith('segmentation.js'))
  await main(process.argv[2]!, Number(process.argv[3] ?? Number.POSITIVE_INFINITY));
