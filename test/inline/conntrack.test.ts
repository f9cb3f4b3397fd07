/** Conntrack information of the kernel in EVE records. */
import { describe, expect, it } from 'vitest';
import { connectionOf } from '../../engine/packet/conntrack.js';
import * as Packet from '../../engine/packet.js';
import { missing, Network, SERVER_V4 } from './network.js';
import { fetch, Server } from './peers.js';
import { Sensor } from './sensor.js';

describe('conntrack information', () => {
  it.each([
    [0, 'established', 'original'],
    [1, 'related', 'original'],
    [2, 'new', 'original'],
    [3, 'established', 'reply'],
    [4, 'related', 'reply'],
  ])('info %i is %s, direction %s', (info, state, direction) => {
    const bytes = new Uint8Array(64);
    bytes.set(new Uint8Array(Uint32Array.of(info, 0xfffffff0, 7, 0).buffer), 32);
    const row = new Int32Array(Packet.INTS);
    row[Packet.CONNTRACK] = 32;
    const memory = { bytes, row } as Parameters<typeof connectionOf>[0];
    expect(connectionOf(memory, 0)).toEqual({ id: 0xfffffff0, mark: 7, state, direction });
  });

  it('is absent if the kernel was not asked', () => {
    const memory = { bytes: new Uint8Array(64), row: new Int32Array(Packet.INTS) };
    expect(connectionOf(memory as Parameters<typeof connectionOf>[0], 0)).toBeUndefined();
  });
});

describe.skipIf(missing() !== undefined)('conntrack information of a queue', () => {
  it('is part of alerts', async () => {
    const network = new Network();
    network.run('gate', ...'iptables-legacy -t mangle -A PREROUTING -j CONNMARK --set-mark 0x2a'.split(' '));
    network.queue('--queue-num', '0');
    const server = new Server(network);
    const sensor = new Sensor(network, {
      rules: 'alert http any any -> any any (http.uri; content:"wanted"; sid:1;)',
      words: ['--set', 'nfq.conntrack=yes'],
    });
    try {
      await server.ready();
      await sensor.ready();
      expect(await fetch(network, SERVER_V4, '/wanted')).toBeDefined();
      expect(await sensor.stop()).toBe(0);
      const [alert] = sensor.records('alert');
      expect(alert).toBeDefined();
      // On a kernel built without it, inspection continues.
      if (sensor.output.includes('this kernel does not report connections')) return;
      expect(alert?.conntrack).toEqual({
        id: expect.any(Number),
        mark: 0x2a,
        state: 'established',
        direction: 'original',
      });
    } finally {
      sensor.remove();
      network.close();
    }
  });
});
