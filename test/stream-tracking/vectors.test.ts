/** Conversations with results measured on kernels and engines; see the description of the test data. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Conversation, type Options, type Step, step } from './conversation.js';

const FILE = new URL('../../../shared/vectors/tcp-state.json', import.meta.url);

interface VectorPacket {
  dir: string;
  flags: string;
  seq: number;
  ack?: number;
  ack_field?: number;
  win?: number;
  len?: number;
  urp?: number;
  bad_checksum?: boolean;
  data?: string | { runs: ([string, number] | string)[] };
  opts?: {
    mss?: number;
    wscale?: number;
    sackok?: boolean;
    ts?: [number, number];
    sack?: [number, number][];
  } & Options;
}

interface Vector {
  id: string;
  kind: string;
  name?: string;
  fact?: string;
  packets: VectorPacket[];
  receiver_closes_at?: number;
  expect: {
    'linux-6.18': { delivered: VectorPacket['data'] };
    'suricata-8.0.7': { policies: string | string[]; delivered: VectorPacket['data']; events: string[] }[];
  };
}

function text(data: VectorPacket['data'], length = 0): string {
  if (data === undefined) return 'x'.repeat(length);
  if (typeof data === 'string') return data;
  return data.runs.map(run => (typeof run === 'string' ? run : run[0].repeat(run[1]))).join('');
}

function steps(packets: readonly VectorPacket[]): Step[] {
  return packets.map(p => ({
    from: p.dir === 'c>s' ? '>' : '<',
    flags: p.flags,
    seq: p.seq,
    ack: p.ack ?? p.ack_field,
    window: p.win,
    urgent: p.urp,
    data: text(p.data, p.len),
    badChecksum: p.bad_checksum,
    options: { ...p.opts, scale: p.opts?.wscale, sackPermitted: p.opts?.sackok },
  }));
}

const all: Vector[] = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : [];
const conversations = all.filter(vector => vector.kind === 'conversation');

/** Events raised by reassembly, which was disabled in the measurement. */
const NOT_MEASURED = 'stream.reassembly_overlap_different_data';

/** The measured result depends on internal progress of an engine, or (urgent bytes) on when the program reads. */
const OTHER_EVENTS = new Set(['FIN-10', 'PAWS-08', 'PAWS-09', 'OPTIONS-03']);
const OTHER_DATA = new Set(['URGENT-12', 'URGENT-13']);

function run(vector: Vector, policy: string): Conversation {
  const conversation = new Conversation({ config: { 'host-os-policy': { [policy]: ['0.0.0.0/0'] } } });
  for (const step of steps(vector.packets)) conversation.feed(step);
  conversation.end();
  return conversation;
}

describe.skipIf(all.length === 0)('measured conversations', () => {
  const cases = conversations
    .filter(vector => !OTHER_EVENTS.has(vector.id))
    .flatMap(vector =>
      vector.expect['suricata-8.0.7'].flatMap(expected =>
        (expected.policies === 'all' ? ['bsd'] : [expected.policies].flat()).map(
          policy => [`${vector.id} ${policy}`, vector, policy, expected.events] as const,
        ),
      ),
    );
  it.each(cases)('%s: events', (_name, vector, policy, events) => {
    const mine = run(vector, policy).events.filter(event => event !== NOT_MEASURED);
    expect(mine).toEqual([...events].sort());
  });
  it.each(conversations.filter(v => !OTHER_DATA.has(v.id)).map(v => [v.id, v] as const))(
    '%s: linux-6 data',
    (_id, vector) => {
      expect(run(vector, 'linux-6').toServer.join('')).toBe(text(vector.expect['linux-6.18'].delivered));
    },
  );
});

interface RstVector {
  id: string;
  kind: string;
  rst_seq: number;
  rst_has_ack: boolean;
  window: number;
  accepted: { 'suricata-8.0.7': string[] };
}

const POLICIES = [
  'bsd',
  'bsd-right',
  'old-linux',
  'linux',
  'old-solaris',
  'solaris',
  'hpux10',
  'hpux11',
  'irix',
  'macos',
  'windows',
  'vista',
  'windows2k3',
];

/** Data before the reset, by the middle part of the id. */
const BEFORE: Record<string, string[]> = {
  ACKED: [],
  RSTACK: [],
  UNACKED: ['> PA 5 1 efgh'],
  HOLE: ['> PA 9 1 ijkl', '< A 1 5'],
};

function closes(vector: RstVector, policy: string): boolean {
  const conversation = new Conversation({ config: { 'host-os-policy': { [policy]: ['0.0.0.0/0'] } } });
  const before = ['> S 0', '< SA 0 1', '> A 1 1', '> PA 1 1 abcd', '< A 1 5'];
  for (const text of [...before, ...BEFORE[vector.id.split('-')[1]!]!]) {
    conversation.feed(step(text, { window: vector.window }));
  }
  const flags = vector.rst_has_ack ? 'RA' : 'R';
  const reset = step(`> ${flags} ${vector.rst_seq} ${vector.rst_has_ack ? 1 : '-'}`);
  return conversation.feed(reset).state === 'closed';
}

describe.skipIf(all.length === 0)('resets by policy', () => {
  const cases = (all as unknown as RstVector[]).filter(vector => vector.kind === 'rst-table');
  it.each(cases.map(vector => [vector.id, vector] as const))('%s', (_id, vector) => {
    const accepted = POLICIES.filter(policy => closes(vector, policy));
    expect(accepted.sort()).toEqual([...vector.accepted['suricata-8.0.7']].sort());
  });
});
