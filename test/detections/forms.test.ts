import { describe, expect, it } from 'vitest';
import * as Flow from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import { REASON_RULES } from '../../engine/verdict.js';
import dns from '../../modules/app/dns.js';
import { concat, u8, u16 } from '../packets/builder.js';
import { bytes, messages, stageWith } from './definition.js';

describe('answers of a detection', () => {
  it.each([
    ["alert('x')", true, Packet.VERDICT_NONE, 'alert'],
    ["drop('x')", true, Packet.VERDICT_DROP, 'drop'],
    ["reject('x')", true, Packet.VERDICT_REJECT, 'reject'],
    ["drop('x')", false, Packet.VERDICT_NONE, 'drop'],
    ["reject('x')", false, Packet.VERDICT_REJECT, 'reject'],
  ])('%s, inline %s, gives the verdict', async (answer, inline, verdict, action) => {
    const stage = await stageWith(
      `may: ['drop'], *detect({ client }) { yield* client.read(3); return ${answer}; }`,
      { inline },
    );
    for (const piece of ['a', 'b', 'c']) stage.data(true, bytes(piece));
    expect(stage.verdicts).toEqual([0, 0, verdict]);
    expect(stage.findings.map(each => [each.action, each.message, each.packet])).toEqual([[action, 'x', 3]]);
  });

  it('packets behind a dropped one are dropped and not read', async () => {
    const stage = await stageWith(
      [
        "may: ['drop'], *detect({ client }) { yield* client.recv(); return drop(); }",
        '*detect({ client }) { for (;;) { const c = yield* client.recv(); if (typeof c === "string") return; yield alert(text(c)); } }',
      ],
      { inline: true },
    );
    for (const piece of ['a', 'b', 'c']) stage.data(true, bytes(piece));
    expect(stage.verdicts).toEqual([2, 2, 2]);
    expect(messages(stage)).toEqual([undefined, 'a']);
  });

  it('the session of a dropped flow stays established, as with rules', async () => {
    const stage = await stageWith(
      "may: ['drop'], *detect({ client }) { yield* client.recv(); return drop(); }",
      {
        inline: true,
      },
    );
    stage.data(true, bytes('a'));
    const { row } = stage.thread.flows;
    expect([row[Flow.ACTION], row[Flow.DROP_REASON]]).toEqual([Flow.ACTION_DROP, REASON_RULES]);
    expect(row[Flow.DETECT_FLAGS]! & Flow.DETECT_DROPPED_ESTABLISHED).not.toBe(0);
  });

  it('after bypass, no more data is read', async () => {
    const stage = await stageWith(
      "may: ['bypass'], *detect({ client }) { for (;;) { if (typeof (yield* client.recv()) === 'string') return; yield alert(); yield bypass(); } }",
    );
    for (const piece of ['a', 'b', 'c']) stage.data(true, bytes(piece));
    expect([stage.findings.length, stage.verdicts[0]]).toEqual([1, Packet.VERDICT_BYPASS]);
  });

  it('an action without permission becomes an alert, with a message', async () => {
    const stage = await stageWith('*detect({ client }) { yield* client.recv(); return drop("x"); }', {
      inline: true,
    });
    stage.data(true, bytes('a'));
    expect(stage.verdicts).toEqual([0]);
    expect(stage.findings[0]).toMatchObject({ action: 'alert', message: 'x' });
    expect(stage.messages[0]).toMatch(/detection test-1 requests drop, which neither/);
  });

  it('the configuration can restrict permissions', async () => {
    const stage = await stageWith(
      "may: ['drop'], *detect({ client }) { yield* client.recv(); return drop(); }",
      {
        inline: true,
        config: { detections: { may: ['alert'] } },
      },
    );
    stage.data(true, bytes('a'));
    expect(stage.verdicts).toEqual([0]);
  });

  it('the number of alerts per flow is limited', async () => {
    const stage = await stageWith(
      '*detect({ client }) { while (typeof (yield* client.recv()) !== "string") yield alert(); }',
      { config: { detections: { 'alerts-per-flow': 3 } } },
    );
    for (let i = 0; i < 10; i++) stage.data(true, bytes('a'));
    expect(stage.findings).toHaveLength(3);
    expect(stage.thread.counters.read('detections.alerts_suppressed')).toBe(7);
  });

  it('flowbits are seen by other detections of the flow', async () => {
    const stage = await stageWith([
      '*detect({ client, flow }) { yield* client.read(2); flow.setBit("seen"); }',
      '*detect({ client, flow }) { for (;;) { yield* client.recv(); if (flow.hasBit("seen")) return alert("bit"); } }',
    ]);
    for (const piece of ['a', 'b']) stage.data(true, bytes(piece));
    expect(stage.findings.map(each => [each.message, each.packet])).toEqual([['bit', 2]]);
  });
});

describe('the header in when', () => {
  const tells = 'onFlowStart: () => alert(), ';
  it.each([
    ['tcp any any -> any 80', 1],
    ['tcp any any -> any [1:79,81:]', 0],
    ['udp any any -> any 80', 0],
    ['ip 10.0.0.1 any -> any any', 1],
    ['ip 10.0.0.2 any -> any any', 0],
    ['ip 10.0.0.2 any <> any any', 1],
    ['tcp $HOME_NET any -> !10.0.0.0/8 any', 0],
    ['tcp $HOME_NET 1024: -> $HOME_NET 80', 1],
  ])('%s selects flows', async (when, expected) => {
    const stage = await stageWith(`${tells} when: '${when}'`);
    stage.data(true, bytes('a'));
    expect(stage.findings).toHaveLength(expected);
  });

  it.each([
    ['content:"GET"; startswith;', ['G', 'ET /'], 1],
    ['content:"GET"; startswith;', ['POST GET', 'x'.repeat(5000)], 0],
    ['content:"b"; nocase; content:"c"; distance:1; within:2;', ['aB', 'xc'], 1],
    ['flow:to_client; content:"x";', ['x'], 0],
    ['content:"x"; depth:3;', ['aaa', 'x', 'y'.repeat(5000)], 0],
  ])('(%s) matches after %j', async (contents, pieces, expected) => {
    const stage = await stageWith(
      `when: 'tcp any any -> any any (${contents})', *detect({ client }) { return alert(text(yield* client.peek(1))); }`,
    );
    for (const piece of pieces) stage.data(true, bytes(piece));
    expect(stage.findings).toHaveLength(expected);
    // It reads from the first byte on, whatever came before the match.
    if (expected === 1) expect(messages(stage)).toEqual([pieces[0]![0]]);
    expect(stage.thread.counters.read('detections.wakeups')).toBe(expected);
  });
});

describe('functions on flows and packets', () => {
  it('are called at the beginning of a flow, after a number of packets, and at its end', async () => {
    const stage = await stageWith(`
      onFlowStart: (flow, packet) => alert('start ' + flow.clientAddress + ':' + flow.clientPort + ' ' + flow.transport + ' ' + packet.payloadLength),
      onPacket: (packet, flow) => alert('packet ' + packet.number + ' ' + text(packet.payload)), everyPackets: 2,
      onFlowEnd: flow => alert('end ' + flow.serverPort)`);
    for (const piece of ['a', 'bc', 'd', 'e', 'f']) stage.data(true, bytes(piece));
    stage.end();
    expect(messages(stage)).toEqual(['start 10.0.0.1:1024 tcp 1', 'packet 2 bc', 'packet 4 e', 'end 80']);
  });
});

describe('transactions', () => {
  const question = (name: string) => {
    const labels = name.split('.').flatMap(label => [u8(label.length), label]);
    return concat(u16(1), u16(0x0100), u16(1), u16(0), u16(0), u16(0), ...labels, u8(0), u16(16), u16(1));
  };
  const ask = async (fields: string) => {
    const stage = await stageWith(`onTransaction: 'dns', ${fields}`, { protocols: [dns] });
    stage.begin({
      ...{ kind: 'flow', transport: 'udp', clientAddress: '10.0.0.1', clientPort: 999 },
      ...{ serverAddress: '10.0.0.53', serverPort: 53 },
    });
    for (const name of ['a.example', 'b.example', 'c.example']) stage.data(true, question(name));
    stage.endAll();
    expect(stage.messages).toEqual([]);
    return messages(stage);
  };

  it('are passed to a function', async () => {
    expect(
      await ask(
        "transaction: each => alert(text(each.buffer('dns.query')) + ' ' + each.values('dns.rrtype'))",
      ),
    ).toEqual(['a.example 16', 'b.example 16', 'c.example 16']);
  });

  it('are read by a generator with state', async () => {
    const fields = `*transactions({ receive, flow }) {
      const names = [];
      for (;;) {
        const each = yield* receive();
        if (each === 'end') return alert(names.join(' ') + ' ' + flow.application);
        names.push(text(each.buffer('dns.query')));
      }
    }`;
    expect(await ask(fields)).toEqual(['a.example b.example c.example dns']);
  });

  it('of an unknown protocol are rejected', async () => {
    await expect(
      stageWith("onTransaction: 'dsn', transaction: () => alert()", { protocols: [dns] }),
    ).rejects.toThrow(/unknown protocol dsn; expected one of dns/);
  });
});
