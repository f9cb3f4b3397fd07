/** Devices that are deleted, created again, and cannot be opened at once. */
import { expect, it } from 'vitest';
import type { Log } from '../../engine/module.js';
import type { Native } from '../../engine/native.js';
import type { OpenDevice } from '../../modules/af-packet/open.js';
import { DeviceWatch } from '../../modules/af-packet/watch.js';

const ETHERNET = 1;

/** A system with one device, whose sockets have numbers from 100 on. */
class System {
  index = 7;
  type = ETHERNET;
  opened = 0;
  readonly refused = new Set<number>();
  readonly groups: number[] = [];
  readonly replaced: string[] = [];
  readonly closed: number[] = [];
  readonly messages: string[] = [];
  readonly device = {
    settings: { name: 'eth0', copyMode: 'none', clusterType: 'cluster_flow' },
    linkType: 1,
    sockets: [10, 11],
    copyTo: -1,
    openings: new SharedArrayBuffer(4),
  } as unknown as OpenDevice;

  readonly native = {
    deviceIndex: () => this.index,
    deviceType: () => this.type,
    openPacketSocket: (_, { fanout }) => {
      if (this.refused.has(this.opened)) throw new Error('eth0: no memory');
      this.groups.push(fanout);
      return 100 + this.opened++;
    },
    fanoutGroup: () => 55,
    replaceSocket: (socket, by) => {
      this.replaced.push(`${socket} by ${by}`);
    },
    closeSocket: socket => {
      this.closed.push(socket);
    },
  } as Partial<Native> as Native;

  readonly log = Object.fromEntries(
    ['debug', 'info', 'notice', 'warning', 'error'].map(level => [
      level,
      (message: string) => this.messages.push(`${level}: ${message}`),
    ]),
  ) as unknown as Log;

  watch(): DeviceWatch {
    return new DeviceWatch(this.native, this.log, [this.device], () => this.replaced.push('counted'));
  }

  get openings(): number {
    return new Int32Array(this.device.openings)[0]!;
  }
}

it('all sockets of a new device are reopened, in their own fanout group', () => {
  const system = new System();
  const watch = system.watch();
  watch.checkAll();
  system.index = 0;
  watch.checkAll();
  watch.checkAll();
  expect(system.messages).toEqual(['warning: device eth0 is gone: it will be reopened when it is back']);
  system.index = 8;
  watch.checkAll();
  watch.checkAll();
  expect(system.replaced).toEqual(['counted', '10 by 100', '11 by 101']);
  expect(system.groups).toEqual([0, 55]);
  expect(system.openings).toBe(1);
  expect(system.messages[1]).toBe('notice: device eth0 was replaced by another one, and has been reopened');
  expect(system.messages).toHaveLength(2);
});

it('reopening is given up after a number of attempts, and tried again with the next device', () => {
  const system = new System();
  const watch = system.watch();
  system.refused.add(1);
  system.opened = 0;
  system.index = 8;
  for (let i = 0; i < 100; i++) {
    watch.checkAll();
    system.opened = 0;
  }
  expect(system.closed).toEqual(Array.from({ length: 60 }, () => 100));
  expect(system.messages).toEqual([
    'warning: device eth0 cannot be reopened yet: eth0: no memory',
    'error: device eth0 could not be reopened after 60 attempts, giving up: eth0: no memory',
  ]);
  expect([system.replaced, system.openings]).toEqual([[], 0]);
  system.index = 9;
  system.refused.clear();
  watch.checkAll();
  expect(system.openings).toBe(1);
});

it('a device with another link type is not reopened', () => {
  const system = new System();
  const watch = system.watch();
  system.type = 65534;
  system.index = 8;
  watch.checkAll();
  expect(system.messages[0]).toMatch(/its link type has changed/);
  expect(system.openings).toBe(0);
});
