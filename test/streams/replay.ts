/** Replays packets of a test through the whole program and returns the EVE records. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArguments } from '../../engine/cli/command-line/parse.js';
import { run } from '../../engine/cli/run.js';
import { type CapturedPacket, ethernet, ipv4, packet, pcapFile, tcp } from '../packets/builder.js';

export interface Replay {
  readonly packets: readonly (Uint8Array | CapturedPacket)[];
  readonly rules?: readonly string[];
  /** The `types` of the eve-log, as YAML in one line. */
  readonly types?: string;
  /** Another output, as YAML in one line. */
  readonly output?: string;
  /** Further lines of the configuration. */
  readonly config?: string;
  readonly words?: readonly string[];
  /** Runmode; by default `single`. */
  readonly profile?: string;
}

export type EveRecord = Record<string, any>;

export async function replay({
  packets,
  rules = [],
  types = '[alert]',
  output,
  config = '',
  words = [],
  profile = 'single',
}: Replay) {
  const work = mkdtempSync(join(tmpdir(), 'sluice-replay-'));
  try {
    const file = (name: string, content: string | Uint8Array) => {
      writeFileSync(join(work, name), content);
      return join(work, name);
    };
    const further = output === undefined ? '' : `  - ${output}\n`;
    const yaml = `%YAML 1.1\n---\noutputs:\n  - eve-log: { enabled: yes, types: ${types} }\n${further}${config}`;
    const given = parseArguments(
      [
        ...['-c', file('sluice.yaml', yaml), '-r', file('in.pcap', pcapFile([...packets]))],
        ...['-S', file('rules', `${rules.join('\n')}\n`), '-l', work, '--runmode', profile, ...words],
      ],
      () => {},
    )!;
    const code = await run({ ...given, quiet: true }, { summary: false });
    if (code !== 0) throw new Error(`exit code ${code}`);
    const lines = readFileSync(join(work, 'eve.json'), 'utf8').split('\n').filter(Boolean);
    return lines.map(line => JSON.parse(line) as EveRecord);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/**
 * Client 10.0.0.1:40000 (numbers from 100), server 10.0.0.2:80 (numbers from 900): sequence numbers of data begin at
 * 0.
 */
export function segment(
  fromClient: boolean,
  flags: string,
  seq: number,
  ack: number,
  data = '',
  port = 40_000,
  serverPort = 80,
): Uint8Array {
  const [own, other] = fromClient ? [101, 901] : [901, 101];
  const [source, destination] = fromClient ? ['10.0.0.1', '10.0.0.2'] : ['10.0.0.2', '10.0.0.1'];
  const [sport, dport] = fromClient ? [port, serverPort] : [serverPort, port];
  const numbers = { seq: own + seq, ack: flags.includes('A') ? other + ack : 0 };
  return packet(ethernet(), ipv4({ source, destination }), tcp({ sport, dport, flags, ...numbers }), data);
}

export const handshake = (port?: number, serverPort?: number): Uint8Array[] => [
  segment(true, 'S', -1, 0, '', port, serverPort),
  segment(false, 'SA', -1, 0, '', port, serverPort),
  segment(true, 'A', 0, 0, '', port, serverPort),
];

export type Turn = readonly [fromClient: boolean, text: string];

/** Turns of both sides, each acknowledged at once. @param step most bytes of a segment  @param port of the client */
export function conversation(
  turns: readonly Turn[],
  step = Number.POSITIVE_INFINITY,
  port?: number,
): Uint8Array[] {
  const sent = { true: 0, false: 0 };
  const packets = handshake(port);
  for (const [fromClient, text] of turns) {
    for (let at = 0; at < text.length; at += step) {
      const own = `${fromClient}` as const;
      const other = `${!fromClient}` as const;
      const data = text.slice(at, at + step);
      packets.push(segment(fromClient, 'PA', sent[own], sent[other], data, port));
      sent[own] += data.length;
      packets.push(segment(!fromClient, 'A', sent[other], sent[own], '', port));
    }
  }
  return packets;
}
