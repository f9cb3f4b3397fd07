/** Failing detections are stopped, named and counted, and packets are processed further. */
import { describe, expect, it } from 'vitest';
import { bytes, messages, stageWith } from './definition.js';

const GOOD = '*detect({ client }) { return alert("all " + text(yield* client.read(3))); }';
const FAST = { detections: { 'turn-time': 50 } };

describe('a detection that', () => {
  it.each([
    ['loops', '*detect({ client }) { yield* client.recv(); for (;;); }'],
    [
      'loops and catches',
      '*detect({ client }) { yield* client.recv(); for (;;) try { for (;;); } catch {} finally { continue; } }',
    ],
    [
      'loops in an expression',
      '*detect({ client }) { yield* client.recv(); /^(a+)+$/.test("a".repeat(40) + "b"); }',
    ],
    ['loops in a function on packets', 'onPacket() { for (;;); }'],
  ])('%s is disabled; the others see every byte', async (_, fields) => {
    const stage = await stageWith([fields, GOOD], { config: FAST });
    for (const piece of ['a', 'b', 'c']) stage.data(true, bytes(piece));
    expect(messages(stage)).toEqual(['all abc']);
    expect(stage.messages).toEqual([
      expect.stringMatching(
        /detection test-1 is disabled in thread test: it did not return in time, at packet 1/,
      ),
    ]);
    expect(stage.thread.counters.read('detections.stopped')).toBe(1);
  });

  it('answers without end is stopped for the flow', async () => {
    const stage = await stageWith('*detect({ client }) { yield* client.recv(); for (;;) yield alert(); }');
    stage.data(true, bytes('a'));
    expect(stage.messages[0]).toMatch(/returns results endlessly/);
  });

  it('throws is disabled for the flow, and reported once with the position of the error', async () => {
    const stage = await stageWith(['*detect({ client }) { yield* client.recv(); null.x; }', GOOD]);
    for (const piece of ['a', 'b', 'c']) stage.data(true, bytes(piece));
    expect(messages(stage)).toEqual(['all abc']);
    expect(stage.messages).toHaveLength(1);
    expect(stage.messages[0]).toMatch(
      /detection test-1 failed and is disabled for the flow: TypeError.*detection-\d+\.ts/s,
    );
    expect(stage.thread.counters.read('detections.errors')).toBe(1);
  });

  it('throws is reported once for all flows, with the stack frames in its own files only', async () => {
    const stage = await stageWith(
      'onPacket() {\n  const it: string = "x";\n\n  throw new Error("no " + it);\n}',
    );
    for (const piece of ['a', 'b', 'c']) stage.data(true, bytes(piece));
    expect(stage.thread.counters.read('detections.errors')).toBe(3);
    expect(stage.messages).toEqual([
      expect.stringMatching(
        /disabled for the flow: Error: no x, at \/\S+\/detection-\d+\.ts:\d+:9 \(packet \d+\)$/,
      ),
    ]);
  });

  it.each([
    ['awaits a read with yield', 'yield client.recv() as any;', /yields a read; use yield\*/],
    ['gives a text', 'yield* client.recv(); return "found" as any;', /returned 'found', expected a result/],
    [
      'gives another object',
      'yield* client.recv(); yield { kind: "explode" } as any;',
      /returned \{ kind: 'explode' \}/,
    ],
  ])('%s gets a message that explains the mistake', async (_, body, message) => {
    const stage = await stageWith(`*detect({ client }) { ${body} }`);
    stage.data(true, bytes('a'));
    expect(stage.messages[0]).toMatch(message);
  });

  it('throws too often is disabled', async () => {
    const stage = await stageWith('onPacket() { throw new Error("no"); }', {
      config: { detections: { 'most-errors': 3 } },
    });
    for (let i = 0; i < 10; i++) stage.data(true, bytes('a'));
    expect(stage.thread.counters.read('detections.errors')).toBe(3);
    expect(stage.messages.at(-1)).toMatch(/test-1 is disabled in thread test: it failed 3 times/);
  });

  it.each([
    ['ignore', 0, 0],
    ['drop-packet', 2, 0],
    ['drop-flow', 2, 2],
  ])('fails inline: the policy %s is applied', async (policy, first, second) => {
    const stage = await stageWith('*detect({ client }) { yield* client.recv(); throw new Error("no"); }', {
      inline: true,
      config: { detections: { 'error-policy': policy } },
    });
    for (const piece of ['a', 'b']) stage.data(true, bytes(piece));
    expect(stage.verdicts).toEqual([first, second]);
  });

  it('takes a gigabyte at once is reported and disabled', async () => {
    const stage = await stageWith(
      '*detect({ client }) { const kept = []; for (;;) { yield* client.recv(); kept.push(new ArrayBuffer(2 ** 30)); } }',
    );
    for (const piece of ['a', 'b', 'c']) stage.data(true, bytes(piece));
    expect(stage.messages).toEqual([
      expect.stringMatching(/test-1 is disabled.* it allocated 10\d\d MiB of memory at once/),
    ]);
    expect(stage.thread.counters.read('detections.wakeups')).toBe(1);
  });

  it('takes a gigabyte until it is interrupted is the only one disabled', async () => {
    const stage = await stageWith(
      [
        '*detect({ client }) { yield* client.recv(); const kept = []; for (;;) if (kept.length < 4) kept.push(new ArrayBuffer(2 ** 28)); }',
        GOOD,
      ],
      { config: FAST },
    );
    for (const piece of ['a', 'b', 'c']) stage.data(true, bytes(piece));
    expect(messages(stage)).toEqual(['all abc']);
    expect(stage.messages).toEqual([expect.stringMatching(/test-1 is disabled/)]);
  });

  it('takes a gigabyte is found among others by running each alone', async () => {
    const stage = await stageWith([
      '*detect({ client }) { const kept = []; for (;;) { yield* client.recv(); kept.push(new ArrayBuffer(2 ** 30)); } }',
      '*detect({ client }) { while (typeof (yield* client.recv()) !== "string"); }',
    ]);
    for (const piece of ['a', 'b', 'c']) stage.data(true, bytes(piece));
    expect(stage.messages).toEqual([expect.stringMatching(/test-1 is disabled.* MiB of memory at once/)]);
  });

  it('waits for more than the memory limit of all detections gives up the flow', async () => {
    const stage = await stageWith('*detect({ client }) { yield* client.read(10000); }', {
      config: { detections: { memcap: '1kb' } },
    });
    for (let i = 0; i < 10; i++) stage.data(true, bytes('x'.repeat(500)));
    expect(stage.thread.counters.read('detections.memcap_reached')).toBe(1);
    expect(stage.thread.counters.read('detections.conversations')).toBe(0);
  });
});

it('holds data releases the memory when its flows end', async () => {
  const stage = await stageWith(['*detect({ client }) { yield* client.read(1000); }', GOOD]);
  for (let i = 0; i < 5; i++) stage.data(true, bytes('x'.repeat(100)));
  expect(stage.thread.counters.read('detections.conversations')).toBe(1);
  stage.endAll();
  expect(stage.thread.counters.read('detections.conversations')).toBe(0);
});
