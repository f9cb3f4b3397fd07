/** Commands on the state of a run: datasets, hostbits, memcaps, devices, flows. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { datasetCommands } from '../../engine/cli/control/datasets.js';
import { deviceCommands } from '../../engine/cli/control/devices.js';
import { flowCommands } from '../../engine/cli/control/flows.js';
import { hostbitCommands } from '../../engine/cli/control/hostbits.js';
import { memcapCommands } from '../../engine/cli/control/memcaps.js';
import { Config } from '../../engine/config/config.js';
import type { Arguments, Handlers } from '../../engine/control/control-socket.js';
import * as Flow from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import { DatasetControl } from '../../signatures/state/dataset-control.js';
import { DatasetStore } from '../../signatures/state/datasets.js';
import { allocateDetectionState, stateOptions } from '../../signatures/state/detection-state.js';
import { SharedBits } from '../../signatures/state/shared-bits.js';
import { nameHash, SharedTable } from '../../signatures/state/shared-table.js';
import { Tracker } from '../../signatures/state/track.js';
import { decodeAll } from '../flow/decoded.js';
import { ethernet, ipv4, ipv6, packet, udp } from '../packets/builder.js';
import { stubThread } from '../thread-stub.js';

const folder = mkdtempSync(join(tmpdir(), 'commands-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CONFIG = new Config({ host: { memcap: '64kb' }, datasets: { defaults: { memcap: '64kb' } } });
const run = (handlers: Handlers, name: string, given: Arguments = {}) => handlers[name]!(given);

describe('datasets', () => {
  const google = 'Z29vZ2xlLmNvbQ==';
  const declaration = {
    name: 'seen',
    type: 'string',
    load: 'seen.lst',
    save: 'seen.lst',
    folder: '',
  } as const;
  const set = { setname: 'seen', settype: 'string' };
  const bytes = Buffer.from('google.com');

  function opened() {
    const state = allocateDetectionState(CONFIG);
    const problems: string[] = [];
    const note = (problem: string) => problems.push(problem);
    const { handlers, close } = datasetCommands(state, folder, () => [declaration], note);
    const control = new DatasetControl(state.datasetControl);
    const thread = new DatasetStore(new SharedTable(state.datasets), folder, note, control);
    return { handlers, close, thread, ofThread: thread.open(declaration), problems };
  }

  it('change for all threads at once', () => {
    const { handlers, ofThread } = opened();
    expect(() => run(handlers, 'dataset-lookup', { ...set, datavalue: google })).toThrow('not found');
    expect(run(handlers, 'dataset-add', { ...set, datavalue: google })).toBe('data added');
    expect(run(handlers, 'dataset-lookup', { ...set, datavalue: google })).toBe('item found in set');
    expect(ofThread.has(bytes, 0, bytes.length)).toBe(true);
    expect(() => run(handlers, 'dataset-add', { ...set, datavalue: google })).toThrow('already');
    expect(run(handlers, 'dataset-remove', { ...set, datavalue: google })).toBe('data removed');
    expect(ofThread.has(bytes, 0, bytes.length)).toBe(false);
    expect(() => run(handlers, 'dataset-remove', { ...set, datavalue: google })).toThrow('not found');
  });

  it.each([
    [{ setname: 'other', settype: 'string', datavalue: google }, 'set not found'],
    [{ ...set, settype: 'md5', datavalue: google }, 'has type string'],
    [{ ...set, datavalue: 'not base64!' }, 'not a value of type string'],
    [{ ...set }, 'datavalue is missing'],
  ])('reject %j', (given, message) => {
    expect(() => run(opened().handlers, 'dataset-add', given)).toThrow(message);
  });

  it('can be cleared, including values from files, and filled again', () => {
    writeFileSync(join(folder, 'seen.lst'), `${google}\n`);
    const { handlers, ofThread, thread } = opened();
    expect(ofThread.has(bytes, 0, bytes.length)).toBe(true);
    run(handlers, 'dataset-clear', set);
    expect(ofThread.has(bytes, 0, bytes.length)).toBe(false);
    expect(readFileSync(join(folder, 'seen.lst'), 'utf8')).toBe('');
    ofThread.add(bytes, 0, bytes.length);
    expect(run(handlers, 'dataset-lookup', { ...set, datavalue: google })).toBe('item found in set');
    thread.close();
    expect(readFileSync(join(folder, 'seen.lst'), 'utf8')).toBe(`${google}\n`);
  });

  it('are written by all threads on command', () => {
    writeFileSync(join(folder, 'seen.lst'), '');
    const { handlers, ofThread, thread, problems } = opened();
    ofThread.add(bytes, 0, bytes.length);
    thread.processRequests();
    expect(readFileSync(join(folder, 'seen.lst'), 'utf8')).toBe('');
    run(handlers, 'dataset-add', { ...set, datavalue: 'YQ==' });
    run(handlers, 'dataset-dump');
    thread.processRequests();
    expect(readFileSync(join(folder, 'seen.lst'), 'utf8').trim().split('\n').sort()).toEqual(
      ['YQ==', google].sort(),
    );
    expect(problems).toEqual([]);
  });
});

describe('hostbits', () => {
  it.each([
    ['10.0.0.1', ipv4({ source: '10.0.0.1', destination: '10.0.0.2' })],
    ['2001:db8::1', ipv6({ source: '2001:db8::1', destination: '2001:db8::2' })],
  ])('of %s are those of rules', (ipaddress, header) => {
    const memory = allocateDetectionState(CONFIG).bits;
    const thread = stubThread();
    const batch = decodeAll(thread, thread.batch([packet(ethernet(), header, udp(), 'x')]));
    const bits = new SharedBits(new SharedTable(memory), new Tracker(thread));
    const now = Math.floor(Date.now() / 1000);
    const has = () => bits.has(nameHash('hostbits bad'), 'by_src', batch.slots[0]! * Packet.INTS, true, now);
    expect(has()).toBe(false);
    run(
      hostbitCommands(memory, () => []),
      'add-hostbit',
      { ipaddress, hostbit: 'bad', expire: 60 },
    );
    expect(has()).toBe(true);
  });

  const commands = () => hostbitCommands(allocateDetectionState(CONFIG).bits, () => ['of-rules']);

  it.each(['10.0.0.1', '2001:db8::1'])('of %s are set, listed and removed', ipaddress => {
    const handlers = commands();
    expect(run(handlers, 'list-hostbit', { ipaddress })).toEqual({ count: 0, hostbits: [] });
    expect(run(handlers, 'add-hostbit', { ipaddress, hostbit: 'bad', expire: 60 })).toBe('hostbit added');
    run(handlers, 'add-hostbit', { ipaddress, hostbit: 'of-rules', expire: 1000 });
    const { count, hostbits } = run(handlers, 'list-hostbit', { ipaddress }) as {
      count: number;
      hostbits: { name: string; expire: number }[];
    };
    expect([count, hostbits.map(({ name }) => name)]).toEqual([2, ['of-rules', 'bad']]);
    expect(hostbits[1]!.expire).toBeGreaterThan(50);
    expect(run(handlers, 'remove-hostbit', { ipaddress, hostbit: 'bad' })).toBe('hostbit removed');
    expect(() => run(handlers, 'remove-hostbit', { ipaddress, hostbit: 'bad' })).toThrow("couldn't");
    expect(run(handlers, 'list-hostbit', { ipaddress: '10.0.0.9' })).toEqual({ count: 0, hostbits: [] });
  });

  it.each([
    [{ ipaddress: 'here', hostbit: 'bad', expire: 1 }, 'not an IP address'],
    [{ ipaddress: '10.0.0.1', expire: 1 }, 'hostbit is missing'],
    [{ ipaddress: '10.0.0.1', hostbit: 'bad', expire: 0 }, 'expire'],
  ])('reject %j', (given, message) => {
    expect(() => run(commands(), 'add-hostbit', given)).toThrow(message);
  });
});

it('memcaps are shown, and cannot be changed', () => {
  const handlers = memcapCommands(CONFIG, stateOptions);
  expect(run(handlers, 'memcap-show', { config: 'host' })).toEqual({ value: '64kb' });
  expect(() => run(handlers, 'memcap-show', { config: 'nothing' })).toThrow('stream-reassembly');
  expect(() => run(handlers, 'memcap-set', { config: 'host', memcap: '1mb' })).toThrow('stays 64kb');
});

it('devices are shown with the counters of the kernel', () => {
  const inputs = { module: 'af-packet', live: true, settings: {}, names: ['eth0', 'eth1'] } as const;
  const statistics = () => ({ 'capture.devices': [{ device: 'eth1', packets: 7, drops: 2 }] });
  const handlers = deviceCommands(inputs, statistics);
  expect(run(handlers, 'iface-list')).toEqual({ count: 2, ifaces: ['eth0', 'eth1'] });
  expect(run(handlers, 'iface-stat', { iface: 'eth1' })).toMatchObject({ pkts: 7, drop: 2 });
  expect(run(handlers, 'iface-stat', { iface: 'eth0' })).toMatchObject({ pkts: 0 });
  expect(() => run(handlers, 'iface-stat', { iface: 'eth9' })).toThrow('eth9');
});

it('flows are shown by their id', () => {
  const rows = Flow.flowRows(new SharedArrayBuffer(4 * Flow.INTS * 4));
  const f = 2 * Flow.INTS;
  rows.row[f + Flow.STATE] = Flow.STATE_ESTABLISHED;
  rows.row[f + Flow.ID_LOW] = -5;
  rows.row[f + Flow.ID_HIGH] = 3;
  rows.row[f + Flow.PACKETS_TO_SERVER] = 4;
  rows.row64[2 * Flow.DOUBLES + Flow.BYTES_TO_SERVER] = 400;
  rows.row[f + Flow.LAST_SECONDS] = 9;
  const handlers = flowCommands(() => rows);
  const flow_id = 3 * 2 ** 32 + 2 ** 32 - 5;
  expect(run(handlers, 'get-flow-stats-by-id', { flow_id })).toEqual({
    pkts_toclient: 0,
    pkts_toserver: 4,
    bytes_toclient: 0,
    bytes_toserver: 400,
    age: 9,
  });
  expect(() => run(handlers, 'get-flow-stats-by-id', { flow_id: flow_id + 1 })).toThrow('Not found');
  expect(() => run(handlers, 'get-flow-stats-by-id', {})).toThrow('flow_id');
});
