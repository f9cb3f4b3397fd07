/** Inline, a dropped datagram is dropped with all its fragments. */
import { describe, expect, it } from 'vitest';
import { ethernet, ipv4, packet, udp } from '../packets/builder.js';
import { type EveRecord, type Replay, replay } from './replay.js';

const DATA = 'one two evil three four five six';
const DATAGRAM = packet(ipv4(), udp({ sport: 1000, dport: 2000 }), DATA).subarray(20);

/** The part [from, to) of the datagram; `to` beyond its end: the last part. */
const part = (from: number, to: number, id = 7) =>
  packet(
    ethernet(),
    ipv4({ id, protocol: 17, offset: from, moreFragments: to < DATAGRAM.length }),
    DATAGRAM.slice(from, to),
  );
const other = packet(ethernet(), ipv4(), udp({ sport: 1, dport: 2 }), 'x');
const RULES = ['drop udp any any -> any 2000 (content:"evil"; sid:1;)'];

async function verdicts(packets: Replay['packets'], rules = RULES, ...words: string[]) {
  const records = await replay({
    packets,
    rules,
    types: '[alert, stats, { drop: { flows: all } }]',
    words: ['--simulate-ips', ...words],
  });
  const alerts = records.filter(({ event_type }: EveRecord) => event_type === 'alert').length;
  const { ips, defrag } = records.findLast(({ event_type }) => event_type === 'stats')!['stats'];
  return { accepted: ips.accepted, blocked: ips.blocked, alerts, notHeld: defrag.not_held };
}

describe.each([256, 1])('fragments inline, with batches of %d', batch => {
  const sized = `threading.batch-size=${batch}`;
  const set = ['--set', sized];

  it('are all dropped with their datagram', async () => {
    const packets = [part(0, 16), other, part(16, 32), part(32, 64)];
    expect(await verdicts(packets, RULES, ...set)).toEqual({
      accepted: 1,
      blocked: 3,
      alerts: 1,
      notHeld: 0,
    });
    const reversed = [part(32, 64), part(16, 32), other, part(0, 16)];
    expect(await verdicts(reversed, RULES, ...set)).toMatchObject({ accepted: 1, blocked: 3 });
  });

  it.each(['autofp', 'pipeline'])('%s: are dropped with any number of threads', async profile => {
    const packets = [part(0, 16), other, part(16, 32), part(32, 64)];
    const records = await replay({
      packets,
      rules: RULES,
      types: '[stats]',
      words: ['--simulate-ips', ...set],
      profile,
    });
    expect(records.at(-1)!['stats'].ips).toMatchObject({ accepted: 1, blocked: 3 });
  });

  it('pass with a datagram that passes', async () => {
    const packets = [part(0, 16), part(16, 32), part(32, 64)];
    expect(await verdicts(packets, [], ...set)).toMatchObject({ accepted: 3, blocked: 0 });
  });

  it('pass on their own when the run ends', async () => {
    expect(await verdicts([part(0, 16), part(16, 32), other], RULES, ...set)).toMatchObject({
      accepted: 3,
      blocked: 0,
    });
  });

  it('are dropped if the rest does not arrive in time', async () => {
    // Each last fragment arrives alone: its receiver would reassemble it with those that had passed before.
    const packets = [part(0, 32), other, part(32, 64), other, part(32, 64), other];
    const slowly = packets.map((data, i) => ({ data, time: 1000 + 2 * i }));
    expect(await verdicts(slowly, RULES, ...set)).toMatchObject({ accepted: 3, blocked: 3, alerts: 1 });
  });

  it('are held up to a number; the last one is dropped in any case', async () => {
    const packets = [part(0, 16), part(16, 32), part(32, 64)];
    const bounded = ['--set', 'defrag.hold-packets=1', ...set];
    expect(await verdicts(packets, RULES, ...bounded)).toMatchObject({ accepted: 0, blocked: 3, notHeld: 1 });
    const none = ['--set', 'defrag.hold-packets=0', ...set];
    expect(await verdicts(packets, RULES, ...none)).toMatchObject({ accepted: 2, blocked: 1 });
  });

  it('of the oldest incomplete datagram are released for others', async () => {
    const packets = [part(0, 32, 1), part(0, 32, 2), part(32, 64, 2), part(32, 64, 1)];
    const bounded = ['--set', 'defrag.hold-packets=2', ...set];
    expect(await verdicts(packets, [], ...bounded)).toMatchObject({ accepted: 4, blocked: 0, notHeld: 0 });
    const more = [part(0, 32, 1), part(0, 32, 2), part(0, 32, 3), part(32, 64, 2), part(32, 64, 3)];
    expect(await verdicts(more, [], ...bounded)).toMatchObject({ accepted: 4, blocked: 1, notHeld: 0 });
  });

  it('are held for many datagrams at once, and all are released', async () => {
    const packets = Array.from({ length: 100 }, (_, id) => part(0, 32, id)).concat(
      Array.from({ length: 50 }, (_, id) => part(32, 64, id)),
    );
    expect(await verdicts(packets, RULES, ...set)).toMatchObject({ accepted: 50, blocked: 100, notHeld: 0 });
  });
});
