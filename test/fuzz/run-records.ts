/** The records of the captures in a folder, and whether the records are consistent. */
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { WarmEngine } from '../conformance/warm-engine.js';

/** Each capture is independent of the others. */
export const SEPARATE_CAPTURES = 'pcap-file.separate=yes';

/** Records of all types, with all optional members. */
export const ALL_RECORDS_CONFIG = `%YAML 1.1
---
logging: { outputs: [{ console: { enabled: yes, level: debug } }] }
stream: { checksum-validation: no }
outputs:
  - eve-log:
      enabled: yes
      pcap-file: yes
      types: [
        alert: { payload: yes, payload-printable: yes, packet: yes, http-body: yes, websocket-payload: yes, metadata: yes },
        anomaly: { packethdr: yes, types: { decode: yes, stream: yes, applayer: yes } },
        frame: { enabled: yes }, http: { dump-all-headers: both }, dns, mdns, tls: { extended: yes, ja4: yes },
        files: { force-hash: [md5] }, smtp: { extended: yes }, ftp, rdp, nfs, smb, tftp, ike, dcerpc, krb5, bittorrent-dht,
        snmp, rfb, sip, dnp3, modbus, quic, ldap, pop3, arp, dhcp: { extended: yes }, ssh, mqtt, http2, doh2, pgsql,
        websocket, enip, flow, netflow, drop: { alerts: yes, flows: all }, stats: { totals: yes }
      ]
`;

/** Numbers that differ from run to run, and paths of captures. */
const RUN_SPECIFIC = /"(flow|parent)_id":\d+,?|"pcap_filename":"[^"]*",?/g;

/** Records of the whole run, and those of tags, which rules may set for hosts. */
const IGNORED_TYPES = new Set(['stats', 'packet']);

/** Records of one run by capture, each with its count, and errors of the run itself. */
export interface RunRecords {
  readonly records: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly errors: readonly string[];
}

export async function recordsOfRun(
  engine: WarmEngine,
  folder: string,
  rules: string,
  configuration: readonly string[],
  skipped: ReadonlySet<string>,
): Promise<RunRecords> {
  const output = mkdtempSync(join(tmpdir(), 'sluice-compare-'));
  try {
    const config = join(output, 'sluice.yaml');
    writeFileSync(config, ALL_RECORDS_CONFIG);
    const args = ['-c', config, '-r', folder, '-l', output, '-S', rules, '-k', 'none'];
    const options = { cwd: process.cwd(), env: process.env, output, timeoutSeconds: 600 };
    const status = await engine.run([...args, ...configuration], options);
    const errors: string[] = [];
    const printed = ['stderr', 'stdout'].map(name => readFileSync(join(output, name), 'utf8')).join('');
    const thrown = /parser \S+ failed:.{0,600}/s.exec(printed);
    if (thrown) errors.push(thrown[0]);
    // Truncated captures change the exit code.
    if (status !== 0 && status !== 1) errors.push(`ended with ${status}: ${printed.slice(-400)}`);
    const isJoined = !configuration.includes(SEPARATE_CAPTURES);
    const records = await readRecords(join(output, 'eve.json'), skipped, isJoined, errors);
    return { records, errors };
  } finally {
    rmSync(output, { recursive: true });
  }
}

async function readRecords(
  file: string,
  skipped: ReadonlySet<string>,
  isJoined: boolean,
  errors: string[],
): Promise<Map<string, Map<string, number>>> {
  const records = new Map<string, Map<string, number>>();
  let last: any;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const text = jsonError(line);
    if (text) errors.push(`${text}: ${line.slice(0, 1000)}`);
    if (text) continue;
    const record = JSON.parse(line);
    if (record.event_type === 'stats') last = record.stats;
    if (IGNORED_TYPES.has(record.event_type) || skipped.has(String(record.alert?.signature_id))) continue;
    const capture = isJoined ? 'joined' : basename(record.pcap_filename ?? 'none');
    const counts = records.get(capture) ?? new Map<string, number>();
    records.set(capture, counts);
    const comparable = line.replace(RUN_SPECIFIC, '');
    counts.set(comparable, (counts.get(comparable) ?? 0) + 1);
  }
  errors.push(...statsErrors(last));
  return records;
}

/** Errors in a line of EVE: each must be an object with distinct member names. */
function jsonError(line: string): string | undefined {
  try {
    const shortest = JSON.stringify(JSON.parse(line));
    // Of members with the same name the last one is kept, so the text gets shorter.
    const colons = (text: string) => text.replace(/"(?:[^"\\]|\\.)*"/g, '""').split(':').length;
    return colons(shortest) === colons(line) ? undefined : 'a member twice';
  } catch {
    return 'no JSON';
  }
}

function statsErrors(stats: any): string[] {
  if (!stats) return ['no statistics'];
  const wrong: string[] = [];
  const ips = stats.ips ?? {};
  const verdicts = ['accepted', 'blocked', 'rejected', 'replaced'].reduce(
    (sum, name) => sum + (ips[name] ?? 0),
    0,
  );
  if (verdicts !== stats.decoder.pkts) wrong.push(`${stats.decoder.pkts} packets but ${verdicts} verdicts`);
  for (const [protocol, errors] of Object.entries<any>(stats.app_layer?.error ?? {}))
    if (errors?.internal) wrong.push(`${errors.internal} internal errors of ${protocol}`);
  return wrong;
}
