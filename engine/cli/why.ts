/** Explains dropped packets from the EVE records of a run, for a flow or a packet. */

/** The fields of an EVE record used here. */
export interface EveRecord {
  readonly timestamp?: string;
  readonly event_type?: string;
  readonly flow_id?: number | string;
  readonly pcap_cnt?: number;
  readonly src_ip?: string;
  readonly src_port?: number;
  readonly dest_ip?: string;
  readonly dest_port?: number;
  readonly proto?: string;
  readonly alert?: { action?: string; gid?: number; signature_id?: number; rev?: number; signature?: string };
  readonly drop?: { reason?: string; len?: number };
  readonly verdict?: { action?: string; reject?: readonly string[] };
  readonly flow?: {
    state?: string;
    reason?: string;
    action?: string;
    exception_policy?: readonly { target: string; policy: string }[];
  };
}

/** The meaning of each reason, and the setting that controls it. */
const REASON_TEXTS: Readonly<Record<string, string>> = {
  'decode error': 'its headers are invalid',
  'defrag error': 'its fragments are invalid or incomplete',
  'defrag memcap': 'the memcap for fragments was reached (defrag.memcap, defrag.memcap-policy)',
  'flow memcap': 'the memcap for flows was reached (flow.memcap, flow.memcap-policy)',
  'flow drop': 'its flow had been dropped before',
  'stream error': 'it is invalid in its TCP session (stream.drop-invalid)',
  'stream memcap': 'the memcap for TCP sessions was reached (stream.memcap, stream.memcap-policy)',
  'stream midstream': 'the start of its TCP session was not seen (stream.midstream, stream.midstream-policy)',
  'stream reassembly':
    'the memcap for TCP reassembly was reached (stream.reassembly.memcap, stream.reassembly.memcap-policy)',
  'stream urgent': 'it has urgent data (stream.reassembly.urgent.policy)',
  'applayer error': 'its application data could not be parsed (app-layer.error-policy)',
  'applayer memcap': 'the memcap for application data was reached',
  rules: 'a rule matched',
  'threshold detection_filter': 'a rate filter matched (threshold.config)',
  'tunnel packet drop': 'a packet in the tunnel was dropped',
  'nfq error': 'the kernel did not accept its verdict',
  'verdict budget': 'it had waited too long for a verdict (nfq.verdict-budget, nfq.verdict-budget-policy)',
};

/** Records of a flow id or a packet number; a packet's flow is included. */
export function recordsOf(records: Iterable<EveRecord>, id: string): EveRecord[] {
  const all = [...records];
  const direct = all.filter(record => String(record.flow_id) === id);
  if (direct.length > 0) return direct;
  const packet = all.filter(record => record.pcap_cnt !== undefined && String(record.pcap_cnt) === id);
  const flows = new Set(packet.flatMap(record => record.flow_id ?? []));
  return all.filter(record => packet.includes(record) || flows.has(record.flow_id ?? ''));
}

/** The answer in sentences, one a line. */
export function explanation(records: readonly EveRecord[]): string[] {
  const drops = records.filter(record => record.event_type === 'drop');
  const alerts = records.filter(
    record => record.alert?.action === 'blocked' && record.event_type === 'alert',
  );
  const lines = records.slice(0, 1).map(flowText);
  const seen = new Set<string>();
  for (const record of [...alerts, ...drops].sort((a, b) =>
    (a.timestamp ?? '').localeCompare(b.timestamp ?? ''),
  )) {
    const reason = record.drop?.reason ?? (record.event_type === 'alert' ? 'rules' : 'unknown');
    const line = `dropped because ${REASON_TEXTS[reason] ?? reason}${ruleText(record)}`;
    if (!seen.has(line)) lines.push(`${record.timestamp ?? ''}${packetText(record)}: ${line}`);
    seen.add(line);
  }
  for (const record of records) lines.push(...policies(record));
  if (seen.size === 0) lines.push(notDropped(records));
  else lines.push(`${drops.length} packets have a drop record, ${alerts.length} alerts blocked one`);
  return lines;
}

function flowText(record: EveRecord): string {
  const end = (address?: string, port?: number): string =>
    port === undefined
      ? `${address}`
      : address?.includes(':')
        ? `[${address}]:${port}`
        : `${address}:${port}`;
  return `flow ${record.flow_id ?? '(none)'}: ${record.proto ?? ''} ${end(record.src_ip, record.src_port)} → ${end(record.dest_ip, record.dest_port)}`;
}

function ruleText({ alert }: EveRecord): string {
  if (!alert) return '';
  return `: ${alert.gid ?? 1}:${alert.signature_id}:${alert.rev ?? 0} "${alert.signature ?? ''}"`;
}

function packetText({ pcap_cnt }: EveRecord): string {
  return pcap_cnt === undefined ? '' : ` packet ${pcap_cnt}`;
}

function policies({ flow }: EveRecord): string[] {
  return (flow?.exception_policy ?? []).map(
    ({ target, policy }) => `exception policy of ${target}: ${policy.replaceAll('_', '-')}`,
  );
}

function notDropped(records: readonly EveRecord[]): string {
  const dropped = records.some(({ flow }) => flow?.action === 'drop');
  return dropped
    ? 'the flow was dropped, but no drop record gives the reason: enable "- drop" among the types of eve-log'
    : 'according to the records, no packet of it was dropped';
}
