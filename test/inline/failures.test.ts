/** Whatever happens to the engine, no packet is left without a verdict in the kernel. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../until.js';
import { missing, Network, SERVER_V4 } from './network.js';
import { fetch, ping, Server, sendInTwo } from './peers.js';
import { Sensor, type SensorOptions } from './sensor.js';

const MODULE = fileURLToPath(new URL('throwing-module.mjs', import.meta.url));
const WAITING = fileURLToPath(new URL('waiting-module.mjs', import.meta.url));
const FAILING = `%YAML 1.1
---
outputs:
  - fast: { enabled: yes, filename: fast.log }
  - eve-log: { enabled: yes, types: [stats] }
profiles:
  failing:
    threads:
      - { name: worker, modules: [input, decode, ${MODULE}, flow, stream, app, detect, verdict, respond, outputs] }
  apart:
    threads:
      - { name: worker, count: 2, modules: [input, decode, ${MODULE}, flow, stream, app, detect, verdict, respond, outputs] }
  spread:
    threads:
      - { name: capture, modules: [input, decode], handler: flow-hash, to: worker }
      - { name: worker, count: 2, modules: [${MODULE}, flow, stream, app, detect, verdict, respond, outputs] }
`;
const STARTING = `%YAML 1.1
---
profiles:
  starting:
    threads:
      - { name: worker, modules: [input, decode, ${WAITING}, flow, verdict, respond] }
`;
const failOpen = (yes: boolean): string => `nfq.fail-open=${yes ? 'yes' : 'no'}`;

describe.skipIf(missing() !== undefined)('failures of an inline sensor', () => {
  let network: Network;
  let sensor: Sensor | undefined;

  beforeEach(() => {
    network = new Network();
  });

  afterEach(() => {
    sensor?.remove();
    network.close();
  });

  async function sensorWith(options: SensorOptions): Promise<Sensor> {
    sensor = new Sensor(network, options);
    await sensor.ready();
    return sensor;
  }

  it('packets bypass the queue until the threads run', async () => {
    network.queue('--queue-num', '0', '--queue-bypass');
    const starting = new Sensor(network, { config: STARTING, words: ['--runmode', 'starting'] });
    sensor = starting;
    const begun = join(starting.folder, 'begun');
    await until(
      () => existsSync(begun),
      () => starting.output,
    );
    expect(network.kernelQueues().trim()).toBe('');
    expect(await ping(network, SERVER_V4, 3)).toBe(3);
    writeFileSync(join(starting.folder, 'go-on'), '');
    await starting.ready();
    expect(await ping(network, SERVER_V4, 3)).toBe(3);
    expect(await starting.stop()).toBe(0);
    expect(starting.output).toMatch(/threads: 6 packets/);
  });

  it('a queue used by another program is reported before anything else happens', async () => {
    await sensorWith({});
    const second = new Sensor(network, { words: ['--pidfile', 'second.pid'] });
    try {
      expect(await second.exit()).toBe(1);
      expect(second.output).toContain('queue 0: another program has it, or CAP_NET_ADMIN is missing');
      expect(existsSync(join(second.folder, 'second.pid'))).toBe(false);
    } finally {
      second.remove();
    }
  });

  it.each([
    { bypass: true, answers: 5, name: 'continues with --queue-bypass' },
    { bypass: false, answers: 0, name: 'stops without it' },
  ])('when the process is killed, traffic $name', async ({ bypass, answers }) => {
    network.queue('--queue-num', '0', ...(bypass ? ['--queue-bypass'] : []));
    const running = await sensorWith({});
    expect(await ping(network, SERVER_V4, 3)).toBe(3);
    running.signal('SIGKILL');
    await running.exit();
    await until(
      () => network.kernelQueues().trim() === '',
      () => network.kernelQueues(),
    );
    expect(await ping(network, SERVER_V4, 5)).toBe(answers);
  });

  it.each([
    { profile: 'failing', open: true },
    { profile: 'failing', open: false },
    { profile: 'spread', open: true },
  ])(
    'a module throws ($profile, fail-open $open): its packets get the policy, threads are restarted',
    async ({ profile, open }) => {
      network.queue('--queue-num', '0');
      const running = await sensorWith({
        config: FAILING,
        words: ['--runmode', profile, '--set', failOpen(open)],
      });
      const odd = network.run('client', 'sh', '-c', `ping -n -q -c 1 -W 1 -s 777 ${SERVER_V4} || true`);
      expect(odd).toContain(open ? '1 received' : '0 received');
      // If threads share queues, all of them are restarted.
      await until(
        () =>
          running.output.includes(
            profile === 'spread' ? 'all threads have restarted' : 'worker has restarted',
          ),
        () => running.output,
      );
      expect(await ping(network, SERVER_V4, 5)).toBe(5);
      expect(running.waiting()).toBe(0);
      expect(running.output).toContain('thrown for a test');
      expect(await running.stop()).toBe(0);
    },
  );

  it.each([true, false])(
    'a worker with its own queue throws (fail-open %s): its packets get the policy, other workers continue',
    async open => {
      network.run('gate', ...'iptables-legacy -A FORWARD -p icmp -j NFQUEUE --queue-num 0'.split(' '));
      network.run('gate', ...'iptables-legacy -A FORWARD -p tcp -j NFQUEUE --queue-num 1'.split(' '));
      const server = new Server(network);
      await server.ready();
      const running = await sensorWith({
        config: FAILING,
        queue: '0:1',
        rules: 'drop tcp any any -> any 9000 (content:"topsecretword"; sid:1;)',
        words: ['--runmode', 'apart', '--set', failOpen(open)],
      });
      // The flow state of the other worker survives the failure.
      const split = sendInTwo(network, SERVER_V4, 'a topsec', 'retword');
      await server.hears(({ data }) => data === 'a topsec', 'the first half');
      const odd = network.run('client', 'sh', '-c', `ping -n -q -c 1 -W 1 -s 777 ${SERVER_V4} || true`);
      expect(odd).toContain(open ? '1 received' : '0 received');
      await until(
        () => running.output.includes('thread worker-1 has restarted'),
        () => running.output,
      );
      split.goOn();
      expect((await split.ending).how).toBe('open');
      expect(server.received.filter(data => data.includes('topsecretword'))).toEqual([]);
      expect(await ping(network, SERVER_V4, 5)).toBe(5);
      expect([running.waiting(0), running.waiting(1)]).toEqual([0, 0]);
      expect(running.output).not.toContain('all threads have restarted');
      expect(await running.stop()).toBe(0);
      expect(running.fast().length).toBe(1);
    },
  );

  it('a worker that fails repeatedly while rules are reloaded is restarted each time', async () => {
    network.queue('--queue-num', '0');
    const running = await sensorWith({
      config: FAILING,
      rules: 'alert icmp any any -> any any (dsize:100; sid:1;)',
      words: ['--runmode', 'failing', '--set', failOpen(true)],
    });
    const rulesFile = `${running.folder}/my.rules`;
    for (let failure = 1; failure <= 3; failure++) {
      writeFileSync(rulesFile, `alert icmp any any -> any any (dsize:10${failure}; sid:1${failure};)`);
      running.signal('SIGUSR2');
      network.run('client', 'sh', '-c', `ping -n -q -c 1 -W 1 -s 777 ${SERVER_V4} || true`);
      await until(
        () =>
          running.output.split('has restarted').length === failure + 1 &&
          running.output.split('reload complete').length === failure + 1,
        () => running.output,
      );
      network.run('client', 'sh', '-c', `ping -n -q -c 1 -W 1 -s 10${failure} ${SERVER_V4}`);
      await until(
        () => running.fast().some(line => line.includes(`1:1${failure}:`)),
        () => `${running.output}\n${running.fast()}`,
      );
    }
    expect(await running.stop()).toBe(0);
    expect(running.stats().capture!.thread_restarts).toBe(3);
  });

  it('a thread that hangs is restarted', async () => {
    network.queue('--queue-num', '0');
    const running = await sensorWith({
      config: FAILING,
      words: ['--runmode', 'failing', '--set', failOpen(true), '--set', 'threading.watchdog=1'],
    });
    network.run('client', 'sh', '-c', `ping -n -q -c 1 -W 1 -s 888 ${SERVER_V4} || true`);
    await until(
      () => running.output.includes('worker has restarted'),
      () => running.output,
    );
    expect(running.output).toContain('it has made no progress for 1 seconds');
    expect(await ping(network, SERVER_V4, 3)).toBe(3);
    expect(running.waiting()).toBe(0);
  });

  it('rules are reloaded ten times a second under traffic', async () => {
    network.queue('--queue-num', '0');
    const server = new Server(network);
    await server.ready();
    const running = await sensorWith({ rules: 'drop tcp any any -> any 1 (sid:1;)' });
    const timer = setInterval(() => running.signal('SIGUSR2'), 100);
    for (let i = 0; i < 10; i++)
      expect((await fetch(network, SERVER_V4, '/large', 10))?.length).toBe(4_000_000);
    expect(await ping(network, SERVER_V4, 20)).toBe(20);
    clearInterval(timer);
    expect(await running.stop(), running.output).toBe(0);
    const { nfq } = running.stats();
    expect(nfq!.verdicts).toBe(nfq!.packets);
    expect(running.output).toContain('rule reload complete');
    expect(running.output).not.toContain('rule reload failed');
  });

  it('only the capabilities that a sensor needs are kept when it changes its user', async () => {
    network.queue('--queue-num', '0');
    const running = await sensorWith({ words: ['--user', 'nobody', '-l', '/tmp'] });
    for (const task of ['status', `task/${running.pid}/status`]) {
      const status = readFileSync(`/proc/${running.pid}/${task}`, 'utf8');
      expect(status).toMatch(/Uid:\t65534\t65534/);
      // NET_ADMIN 12, NET_RAW 13, IPC_LOCK 14, SYS_NICE 23.
      expect(Number.parseInt(/CapEff:\t(\w+)/.exec(status)![1]!, 16) & ~0x807000).toBe(0);
    }
    expect(await ping(network, SERVER_V4, 3)).toBe(3);
  });
});
