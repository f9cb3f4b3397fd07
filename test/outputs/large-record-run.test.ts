/** Records larger than the engine's blocks of memory: they are logged with truncated texts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { message, READY, STARTUP, WELCOME } from '../app/pgsql/message-builder.js';
import { runSluice } from '../cli/program.js';
import { ethernet, ipv4, packet, pcapFile, tcp } from '../packets/builder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'large-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const CLIENT = '192.0.2.1';
const SERVER = '192.0.2.80';

/** Segments of both sides, each acknowledged by the next one of the other side. */
function conversation(parts: readonly (readonly [toServer: boolean, bytes: Uint8Array])[]): Uint8Array[] {
  const next = { client: 1, server: 1 };
  const sent: Uint8Array[] = [];
  const send = (toServer: boolean, flags: string, bytes: Uint8Array, seq?: number): void => {
    const [from, to] = toServer ? (['client', 'server'] as const) : (['server', 'client'] as const);
    const addresses = toServer ? [CLIENT, SERVER] : [SERVER, CLIENT];
    const ports = toServer ? [1025, 5432] : [5432, 1025];
    const fields = { sport: ports[0]!, dport: ports[1]!, seq: seq ?? next[from], ack: next[to], flags };
    sent.push(
      packet(ethernet(), ipv4({ source: addresses[0]!, destination: addresses[1]! }), tcp(fields), bytes),
    );
    next[from] += bytes.length;
  };
  send(true, 'S', new Uint8Array(0), 0);
  send(false, 'SA', new Uint8Array(0), 0);
  send(true, 'A', new Uint8Array(0));
  for (const [toServer, bytes] of parts)
    for (let at = 0; at < bytes.length; at += 32_000) {
      send(toServer, 'PA', bytes.subarray(at, at + 32_000));
      send(!toServer, 'A', new Uint8Array(0));
    }
  return sent;
}

test.each(['single', 'pipeline'])(
  'a long query is logged in its record and in alerts, in %s',
  async profile => {
    const query = message('Q', `DROP ${'\x01'.repeat(500_000)}\0`);
    const parts = [
      [true, STARTUP],
      [false, WELCOME],
      [true, query],
      [false, READY],
    ] as const;
    writeFileSync(
      join(folder, 'x.yaml'),
      '%YAML 1.1\n---\noutputs: [{ eve-log: { types: [alert, pgsql, stats] } }]\n',
    );
    writeFileSync(
      join(folder, 'x.rules'),
      'alert pgsql any any -> any any (pgsql.query; content:"DROP"; startswith; sid:1;)\n',
    );
    writeFileSync(join(folder, 'x.pcap'), pcapFile(conversation(parts)));
    const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-k', 'none', '-S', 'x.rules'];
    const { code } = await runSluice([...words, '--runmode', profile], { cwd: folder });
    expect(code).toBe(0);
    const records = readFileSync(join(folder, 'eve.json'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    const queries = records.filter(({ pgsql }) => pgsql?.request?.simple_query?.startsWith('DROP'));
    expect(queries.map(({ event_type }) => event_type).sort()).toEqual(['alert', 'pgsql']);
    expect(records.at(-1).stats.app_layer?.events_lost ?? 0).toBe(0);
  },
);
