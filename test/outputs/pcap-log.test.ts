import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Batch } from '../../engine/batch.js';
import { Config } from '../../engine/config/config.js';
import * as Event from '../../engine/event.js';
import * as Flow from '../../engine/flow/flow-record.js';
import type { LogSink } from '../../engine/log-sink.js';
import * as Packet from '../../engine/packet.js';
import { DONE } from '../../engine/queue/handler.js';
import alertSplit from '../../engine/queue/handlers/alert-split.js';
import { CaptureFiles } from '../../modules/pcap-log/capture-files.js';
import { FileNames } from '../../modules/pcap-log/file-name.js';
import { Framing } from '../../modules/pcap-log/framed-packet.js';
import { History } from '../../modules/pcap-log/history.js';
import { pcapLogSettings } from '../../modules/pcap-log/settings.js';
import pcapLog from '../../modules/pcap-log.js';
import type { StubThread } from '../thread-stub.js';
import { fillFlow, outputThread, set, tcpPacket } from './occurrence.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pcap-log-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Payloads of the TCP packets in a capture file, empty ones as "-". */
function payloadsIn(path: string): string[] {
  const bytes = readFileSync(path);
  const payloads: string[] = [];
  for (let at = 24; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8);
    payloads.push(bytes.toString('latin1', at + 16 + 54, at + 16 + length) || '-');
    at += 16 + length;
  }
  return payloads;
}

/** Runs packets through the output, one batch each, and returns the content of the file. */
async function logged(
  settings: object,
  make: (thread: StubThread) => Iterable<number>,
): Promise<{ payloads: string[]; thread: StubThread }> {
  const thread = outputThread([{ 'pcap-log': { dir: folder, ...settings } }]);
  const sinks = new Map<string, LogSink>();
  thread.openLog = file => {
    const sink = pcapLog.openLog!(file, thread.config, message => thread.warnOnce(message))!;
    sinks.set(file, sink);
    return { write: (bytes, start, end) => sink.write(bytes.slice(start, end)) };
  };
  const module = await pcapLog.create(thread);
  for (const slot of make(thread)) {
    const batch = new Batch();
    batch.push(slot);
    module.process(batch);
  }
  for (const sink of sinks.values()) sink.close();
  const payloads = readdirSync(folder).flatMap(name => payloadsIn(join(folder, name)));
  return { payloads, thread };
}

const toClient = { [Packet.FLOW_STATE]: 0 };

describe('logged packets', () => {
  test('all captured packets, and no others', async () => {
    const { payloads, thread } = await logged({}, thread => [
      tcpPacket(thread, 'one'),
      tcpPacket(thread, '', toClient),
      tcpPacket(thread, 'event', { [Packet.PSEUDO]: Packet.PSEUDO_EVENT }),
      tcpPacket(thread, 'inner', { [Packet.PSEUDO]: Packet.PSEUDO_TUNNEL }),
      tcpPacket(thread, 'alone', { [Packet.FLOW]: -1 }),
    ]);
    expect(payloads).toEqual(['one', '-', 'alone']);
    expect(thread.counters.read('pcap_log.written')).toBe(3);
    expect(readdirSync(folder)).toEqual(['log.pcap.1468449727']);
  });

  const withCondition = (conditional: string, mark: Record<number, number>) =>
    logged({ conditional }, thread => [
      tcpPacket(thread, '', toClient),
      tcpPacket(thread, 'request'),
      tcpPacket(thread, 'response', toClient),
      tcpPacket(thread, '', mark),
      tcpPacket(thread, '', toClient),
      tcpPacket(thread, 'more', toClient),
      tcpPacket(thread, 'last', mark),
      tcpPacket(thread, 'no flow', { [Packet.FLOW]: -1 }),
      tcpPacket(thread, 'no flow, marked', { [Packet.FLOW]: -1, ...mark }),
    ]);

  test('alerts: the data before, and the rest of the flow', async () => {
    const { payloads } = await withCondition('alerts', { [Packet.ALERTS]: 1 });
    expect(payloads).toEqual(['request', 'response', '-', '-', 'more', 'last', 'no flow, marked']);
  });

  test('tag: the data before, and tagged packets', async () => {
    const { payloads } = await withCondition('tag', { [Packet.FLAGS]: Packet.FLAG_TAGGED });
    expect(payloads).toEqual(['request', 'response', '-', 'last', 'no flow, marked']);
  });

  test('a reused flow row has no data of the previous flow', async () => {
    const { payloads } = await logged({ conditional: 'alerts' }, function* (thread) {
      yield tcpPacket(thread, 'held');
      yield tcpPacket(thread, 'alert', { [Packet.ALERTS]: 1 });
      const other = tcpPacket(thread, 'other');
      fillFlow(thread, { [Flow.ID_LOW]: 4711 });
      yield other;
    });
    expect(payloads).toEqual(['held', 'alert']);
  });

  test('the captured packet of an alert in a tunnel, once', async () => {
    const { payloads } = await logged({ conditional: 'alerts' }, thread => {
      const outer = tcpPacket(thread, 'outer', { [Packet.FLOW]: -1 });
      const inner = { [Packet.PSEUDO]: Packet.PSEUDO_TUNNEL, [Packet.ROOT]: outer, [Packet.ALERTS]: 1 };
      return [outer, tcpPacket(thread, 'inner', inner), tcpPacket(thread, 'another', inner)];
    });
    expect(payloads).toEqual(['outer']);
  });

  test('the data before, for an alert without a packet', async () => {
    const { payloads } = await logged({ conditional: 'alerts' }, thread => [
      tcpPacket(thread, 'data'),
      tcpPacket(thread, '', { [Packet.PSEUDO]: Packet.PSEUDO_STREAM, [Packet.ALERTS]: 1 }),
    ]);
    expect(payloads).toEqual(['data']);
  });

  test('with honor-pass-rules, not those passed by a rule', async () => {
    const make = (thread: StubThread) => [
      tcpPacket(thread, 'passed', { [Packet.VERDICT]: Packet.VERDICT_PASS }),
      tcpPacket(thread, 'other'),
    ];
    expect((await logged({ 'honor-pass-rules': 'yes' }, make)).payloads).toEqual(['other']);
  });

  test('with use-stream-depth, no data beyond the depth, and no encrypted data', async () => {
    const reached = Packet.STREAM_DEPTH | Packet.STREAM_TO_SERVER;
    const { payloads } = await logged({ 'use-stream-depth': 'yes' }, thread => [
      tcpPacket(thread, 'within', { [Packet.STREAM_FLAGS]: reached }),
      tcpPacket(thread, 'beyond'),
      tcpPacket(thread, ''),
      tcpPacket(thread, 'answer', toClient),
      tcpPacket(thread, 'secret', { ...toClient, [Packet.FLAGS]: Packet.FLAG_NO_PAYLOAD_INSPECTION }),
    ]);
    expect(payloads).toEqual(['within', '-', 'answer']);
  });

  test('with bpf-filter, only matching packets', async () => {
    const { payloads, thread } = await logged({ 'bpf-filter': 'not port 80' }, made => [
      tcpPacket(made, 'left out'),
    ]);
    expect(payloads).toEqual([]);
    expect(thread.counters.read('pcap_log.filtered_bpf')).toBe(1);
  });
});

describe('settings', () => {
  const wants = (settings: object) => pcapLog.wants!(outputThread([{ 'pcap-log': settings }]).config);

  test('wanted events follow from mode and condition', () => {
    expect(wants({ enabled: 'no', mode: 'sguil' })).toEqual([]);
    expect(wants({})).toEqual([Event.WANTS_PACKETS]);
    expect(wants({ conditional: 'tag' })).toEqual([Event.WANTS_PACKETS, Event.WANTS_TAGS]);
  });

  test('unsupported settings are rejected', () => {
    expect(() => wants({ mode: 'sguil' })).toThrow('mode sguil is not supported; expected normal or multi');
    expect(() => wants({ 'bpf-filter': 'tcp and and' })).toThrow('pcap-log: bpf-filter: ');
  });
});

describe('file names', () => {
  const name = (settings: object) =>
    new FileNames(
      { filename: 'log.pcap', multi: false, microseconds: false, ...settings },
      { number: 2, id: 9 },
    );

  test('have time, thread name and thread id', () => {
    expect(name({}).at(1444144603, 136911000)).toBe('log.pcap.1444144603');
    expect(name({ microseconds: true }).at(5, 1999)).toBe('log.pcap.5.000001');
    expect(name({ multi: true }).at(5, 0)).toBe('log.pcap.2.5');
    expect(name({ multi: true, filename: 'log.%n-%t-%i' }).at(5, 0)).toBe('log.2-5-9');
    expect(name({ filename: 'a-%s' }).at(5, 0)).toBe('a-5');
  });

  test('are distinguished from those of other files', () => {
    const ours = ['log.pcap.1', 'log.pcap.22.1', 'log.pcap', 'logXpcap.1', 'log.pcap.1.lz4', 'log.pcap.1x'];
    expect(ours.map(file => name({}).isOne(file))).toEqual([true, true, false, false, false, false]);
    expect(name({ microseconds: true }).isOne('log.pcap.1.000001')).toBe(true);
  });

  test('of compressed files keep their suffix, and their order', () => {
    const compressed = name({ suffix: '.lz4' });
    const names = [0, 1, 2, 10].map(copy => compressed.at(5, 0, copy));
    expect(names).toEqual(['log.pcap.5.lz4', 'log.pcap.5.1.lz4', 'log.pcap.5.2.lz4', 'log.pcap.5.10.lz4']);
    const inOrder = [...names, compressed.at(44, 0)];
    expect([...inOrder].reverse().sort((a, b) => compressed.compare(a, b))).toEqual(inOrder);
    const ours = ['log.pcap.5.1.lz4', 'log.pcap.5', 'log.pcap.5.1', 'log.pcap.5xlz4'];
    expect(ours.map(file => compressed.isOne(file))).toEqual([true, false, false, false]);
  });
});

describe('files', () => {
  const names = new FileNames({ filename: 'log.pcap', multi: false, microseconds: false });
  const usual = { limit: 1 << 20, maxFiles: 0, permissions: 0o644 };

  /** A frame of a packet with these bytes at this second. */
  function frame(seconds: number, payload: string, linkType = 1): Uint8Array {
    const thread = outputThread([]);
    const slot = tcpPacket(thread, payload);
    set(thread, slot, { [Packet.SECONDS]: seconds, [Packet.LINK_TYPE]: linkType });
    const framing = new Framing();
    const length = framing.frame(thread.memory, slot * Packet.INTS);
    return framing.bytes.slice(0, length);
  }

  test('have a header and records', () => {
    const files = new CaptureFiles(names, { ...usual, folder });
    files.write(frame(7, 'x'));
    files.close();
    const bytes = readFileSync(join(folder, 'log.pcap.7'));
    expect(bytes.subarray(0, 24).toString('hex')).toBe(
      'd4c3b2a1020004000000000000000000' + '0000040001000000',
    );
    expect([0, 4, 8, 12].map(at => bytes.readUInt32LE(24 + at))).toEqual([7, 573103, 55, 55]);
    expect(files.counts).toEqual({ written: 1, lost: 0, errors: 0 });
  });

  test('are replaced by a new one at the size limit, or for another link type', () => {
    const files = new CaptureFiles(names, { ...usual, folder, limit: 200 });
    for (const second of [1, 1, 1, 1]) files.write(frame(second, 'abcdefgh'));
    files.write(frame(9, 'raw', 101));
    files.close();
    expect(readdirSync(folder).sort()).toEqual(['log.pcap.1', 'log.pcap.1.1', 'log.pcap.9']);
  });

  test('are kept up to their maximum number, including those of earlier runs', () => {
    for (const name of ['log.pcap.2', 'log.pcap.10', 'other.2']) writeFileSync(join(folder, name), '');
    const files = new CaptureFiles(names, { ...usual, folder, limit: 100, maxFiles: 2 });
    for (const second of [11, 12]) files.write(frame(second, 'abcdefgh'));
    expect(readdirSync(folder).sort()).toEqual(['log.pcap.11', 'log.pcap.12', 'other.2']);
    files.close();
  });

  test('of one second are numbered, the latest with the highest number', () => {
    const files = new CaptureFiles(names, { ...usual, folder, limit: 100, maxFiles: 2 });
    for (const second of [11, 11, 11, 11]) files.write(frame(second, 'abcdefgh'));
    expect(readdirSync(folder).sort()).toEqual(['log.pcap.11.2', 'log.pcap.11.3']);
    files.close();
  });

  test('that cannot be written are reported once and counted, and tried again later', () => {
    const messages: string[] = [];
    const place = join(folder, 'place');
    writeFileSync(place, 'no folder');
    const files = new CaptureFiles(names, { ...usual, folder: place }, message => messages.push(message));
    for (const second of [1, 2]) files.write(frame(second, 'lost'));
    files.flush();
    files.write(frame(3, 'lost'));
    expect(messages).toEqual([expect.stringContaining(`${place}/log.pcap.1: `)]);
    rmSync(place);
    files.flush();
    files.write(frame(4, 'kept'));
    files.close();
    expect(payloadsIn(join(place, 'log.pcap.4'))).toEqual(['kept']);
    expect(messages.slice(1)).toEqual(['pcap-log: 3 packets were not written']);
    expect(files.counts).toEqual({ written: 1, lost: 3, errors: 2 });
  });

  test('that are empty because of a full disk are deleted', () => {
    const files = new CaptureFiles(names, { ...usual, folder, maxFiles: 1 });
    files.write(frame(1, 'lost'));
    const full = openSync('/dev/full', 'w');
    Object.assign(files, { file: full });
    files.flush();
    expect(readdirSync(folder)).toEqual([]);
    files.flush();
    files.write(frame(2, 'kept'));
    files.close();
    expect(readdirSync(folder)).toEqual(['log.pcap.2']);
    expect(files.counts).toEqual({ written: 1, lost: 1, errors: 1 });
  });
});

test('packets without alerts are logged even if alerts take another path through the profile', () => {
  const thread = outputThread([]);
  const p = tcpPacket(thread, '') * Packet.INTS;
  const ways = [
    { first: 0, count: 1 },
    { first: 0, count: 0 },
  ];
  const wayWhere = (wantsPackets: boolean) =>
    alertSplit.create({ memory: thread.memory, ways, wantsPackets, freeSlots: () => 1 })(p);
  expect([wayWhere(false), wayWhere(true)]).toEqual([DONE, 0]);
});

test('the history drops the oldest packets of all flows first', () => {
  const history = new History(64, 4);
  const bytes = (text: string) => new TextEncoder().encode(text);
  const given = (flow: number) => {
    const texts: string[] = [];
    history.takeFlow(flow, (from, start, end) =>
      texts.push(Buffer.from(from.subarray(start, end)).toString()),
    );
    return texts;
  };
  for (const text of ['aaaa', 'bbbb', 'cccc']) history.append(1, bytes(text), 4);
  history.append(2, bytes('dddd'), 4);
  history.append(1, bytes('eeee'), 4);
  expect(given(1)).toEqual(['bbbb', 'cccc', 'eeee']);
  expect(given(1)).toEqual([]);
  expect(given(2)).toEqual(['dddd']);
  history.append(3, new Uint8Array(64), 64);
  expect(given(3)).toEqual([]);
});

test.each([
  ['7', 7 << 20],
  ['1mb', 1 << 20],
  ['1048577', (1 << 20) + 1],
  // Not accepted, so the default applies.
  ['5000', 32 << 20],
])('a limit of %s is parsed', (limit, bytes) => {
  const config = new Config({ outputs: [{ 'pcap-log': { enabled: 'yes', limit } }] });
  expect(pcapLogSettings(config)!.limit).toBe(bytes);
});
