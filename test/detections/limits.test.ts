import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as Packet from '../../engine/packet.js';
import { bytes, messages, stageWith } from './definition.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-limits-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EACH =
  '*detect({ client }) { for (;;) { const c = yield* client.recv(); if (typeof c === "string") return;';

/** Five packets, with one alert of the detection each; its sid is 1. */
async function messagesOf(
  line: string,
  answer = 'alert(text(c))',
  more: { inline?: boolean; may?: string } = {},
) {
  const file = join(folder, 'threshold.config');
  writeFileSync(file, `${line}\n`);
  const stage = await stageWith(`may: [${more.may ?? ''}], ${EACH} yield ${answer}; } }`, {
    config: { 'threshold-file': file },
    inline: more.inline ?? false,
  });
  for (const piece of ['a', 'b', 'c', 'd', 'e']) stage.data(true, bytes(piece));
  return stage;
}

describe('threshold-file and the alerts of detections', () => {
  it.each<[string, string[]]>([
    ['suppress gen_id 1, sig_id 1', []],
    ['suppress gen_id 1, sig_id 2', ['a', 'b', 'c', 'd', 'e']],
    ['suppress gen_id 1, sig_id 1, track by_src, ip 10.0.0.1', []],
    ['suppress gen_id 1, sig_id 1, track by_src, ip 10.0.0.2', ['a', 'b', 'c', 'd', 'e']],
    ['suppress gen_id 1, sig_id 1, track by_either, ip 10.0.0.0/24', []],
    ['event_filter gen_id 1, sig_id 1, type limit, track by_src, count 2, seconds 60', ['a', 'b']],
    ['event_filter gen_id 1, sig_id 1, type threshold, track by_dst, count 2, seconds 60', ['b', 'd']],
    ['event_filter gen_id 1, sig_id 1, type both, track by_rule, count 3, seconds 60', ['c']],
    ['event_filter gen_id 0, sig_id 0, type limit, track by_flow, count 1, seconds 60', ['a']],
  ])('%s', async (line, expected) => {
    const stage = await messagesOf(line);
    expect(messages(stage)).toEqual(expected);
    expect(stage.messages).toEqual([]);
  });

  it('an alert at the end of a flow is suppressed by the addresses of the flow', async () => {
    const file = join(folder, 'end.config');
    writeFileSync(file, 'suppress gen_id 1, sig_id 1, track by_dst, ip 10.0.0.2\n');
    const stage = await stageWith('onFlowEnd() { return alert(); }', { config: { 'threshold-file': file } });
    stage.data(true, bytes('a'));
    stage.endAll();
    expect(messages(stage)).toEqual([]);
  });

  it('a drop with a suppressed alert still drops', async () => {
    const stage = await messagesOf('suppress gen_id 1, sig_id 1', 'drop()', { inline: true, may: '"drop"' });
    expect(messages(stage)).toEqual([]);
    expect(stage.verdicts).toEqual(Array(5).fill(Packet.VERDICT_DROP));
  });

  it('a rate filter drops beyond its count, even if the detection may not drop', async () => {
    const line =
      'rate_filter gen_id 1, sig_id 1, track by_src, count 2, seconds 60, new_action drop, timeout 60';
    const stage = await messagesOf(line, 'alert(text(c))', { inline: true });
    expect(stage.findings.map(({ action, message }) => `${action} ${message}`)).toEqual([
      'alert a',
      'alert b',
      'drop c',
    ]);
    expect(stage.verdicts).toEqual([0, 0, 2, 2, 2]);
  });
});
