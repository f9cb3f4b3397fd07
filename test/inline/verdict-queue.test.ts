/** Each packet gets its own verdict, in whatever order verdicts come and however they are merged. */
import { expect, it } from 'vitest';
import {
  VERDICT_ANSWER,
  VERDICT_FLAGS,
  VERDICT_ID,
  VERDICT_INTS,
  VERDICT_MARK,
  VERDICT_SET_MARK,
  VERDICT_UP_TO_HERE,
  VERDICT_WITH_PAYLOAD,
} from '../../engine/native/queue.js';
import type { Native } from '../../engine/native.js';
import { NF_ACCEPT, NF_DROP } from '../../modules/nfqueue/answers.js';
import type { QueueEndpoint } from '../../modules/nfqueue/driver.js';
import { Latency } from '../../modules/nfqueue/latency.js';
import { LastReceivedId } from '../../modules/nfqueue/queue.js';
import { VerdictQueue } from '../../modules/nfqueue/verdict-queue.js';
import { type Random, randomNumbers } from '../pseudo-random.js';

const clock = { clockNow: () => {} } as unknown as Native;

/** Packets that wait in the kernel, oldest first, and the verdicts of the others. */
class Kernel implements QueueEndpoint {
  readonly waiting = new Set<number>();
  readonly outcomes = new Map<number, string>();
  messages = 0;
  room = Number.POSITIVE_INFINITY;

  receive(): number {
    return 0;
  }

  send(_: Uint8Array, verdicts: Uint32Array, count: number): number {
    for (let i = 0; i < count; i++) {
      if (this.room-- <= 0) return count - i;
      this.take(verdicts.subarray(i * VERDICT_INTS, (i + 1) * VERDICT_INTS));
    }
    return 0;
  }

  private take(verdict: Uint32Array): void {
    this.messages++;
    const id = verdict[VERDICT_ID]!;
    const flags = verdict[VERDICT_FLAGS]!;
    const outcome = outcomeOf(verdict[VERDICT_ANSWER]!, flags, verdict[VERDICT_MARK]!);
    for (const each of (flags & VERDICT_UP_TO_HERE) !== 0 ? this.waiting : [id]) {
      // Ids wrap around to 0.
      if (((id - each) | 0) >= 0 && this.waiting.delete(each)) this.outcomes.set(each, outcome);
    }
  }
}

const outcomeOf = (answer: number, flags: number, mark: number): string =>
  `${answer}${flags & VERDICT_SET_MARK ? ` mark ${mark}` : ''}${flags & VERDICT_WITH_PAYLOAD ? ' changed' : ''}`;

/** A verdict; consecutive ones are often equal. */
function anyVerdict(random: Random): [answer: number, flags: number, mark: number, length: number] {
  const answer = random(4) === 0 ? NF_DROP : NF_ACCEPT;
  const flags = random(6) === 0 ? 0 : VERDICT_SET_MARK;
  return [answer, flags, flags === 0 ? 0 : random(8) === 0 ? 7 : 0, random(12) === 0 ? 20 : 0];
}

function simulate(seed: number, first: number, most: number, refuses: boolean) {
  const random = randomNumbers(seed);
  const kernel = new Kernel();
  const link = { driver: 'netlink', socket: -1 } as const;
  const open = { number: 0, link, received: LastReceivedId.allocate(), latency: Latency.allocate() };
  const queue = new VerdictQueue(clock, kernel, open, new Uint8Array(64), most, 0);
  const outstanding = queue.enableMerging();
  const expected = new Map<number, string>();
  const unanswered: number[] = [];
  let next = first;
  const give = () => {
    // Mostly the oldest one, sometimes one behind others.
    const id = unanswered.splice(random(5) === 0 ? random(unanswered.length) : 0, 1)[0]!;
    const [answer, flags, mark, length] = anyVerdict(random);
    expected.set(id, outcomeOf(answer, flags | (length > 0 ? VERDICT_WITH_PAYLOAD : 0), mark));
    queue.add(id, answer, flags, mark, 0, 0, 0, length);
  };
  for (let round = 0; round < 40; round++) {
    for (let n = round === 5 ? 1500 : random(200); n > 0; n--) {
      const id = next++ >>> 0;
      unanswered.push(id);
      kernel.waiting.add(id);
      outstanding.received(id);
    }
    if (refuses) kernel.room = random(30);
    for (let n = random(unanswered.length + 1); n > 0; n--) give();
    queue.send();
  }
  kernel.room = Number.POSITIVE_INFINITY;
  while (unanswered.length > 0) give();
  queue.send();
  return { kernel, expected, queue, left: outstanding.size };
}

it.each([
  ['of a queue', 0, Number.MAX_SAFE_INTEGER],
  ['a few at once', 5, 7],
  ['with ids that wrap around', 0xffff_ffff - 900, Number.MAX_SAFE_INTEGER],
])('%s', (_, first, most) => {
  for (let seed = 1; seed <= 20; seed++) {
    const { kernel, expected, queue, left } = simulate(seed, first, most, false);
    expect(kernel.outcomes).toEqual(expected);
    expect([kernel.waiting.size, left, queue.sent, queue.failed]).toEqual([0, 0, expected.size, 0]);
    expect(kernel.messages).toBeLessThan(expected.size);
  }
});

it('if the kernel refuses some, packets to be changed are dropped, and the others get their own verdict', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { kernel, expected } = simulate(seed, 0xffff_ffff - 900, Number.MAX_SAFE_INTEGER, true);
    expect(kernel.waiting.size).toBe(0);
    for (const [id, outcome] of expected) {
      const given = kernel.outcomes.get(id)!;
      if (given !== outcome) expect([outcome.endsWith(' changed'), given]).toEqual([true, `${NF_DROP}`]);
    }
  }
});
