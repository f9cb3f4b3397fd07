import { expect, it } from 'vitest';
import { type EveRecord, explanation, recordsOf } from '../../engine/cli/why.js';

const ends = { proto: 'TCP', src_ip: '10.0.0.1', src_port: 1234, dest_ip: '10.0.0.2', dest_port: 80 };
const rule = { gid: 1, signature_id: 7, rev: 2, signature: 'forbidden', action: 'blocked' };
const RECORDS: EveRecord[] = [
  { ...ends, timestamp: 't1', event_type: 'alert', flow_id: 5, pcap_cnt: 4, alert: rule },
  {
    ...ends,
    timestamp: 't1',
    event_type: 'drop',
    flow_id: 5,
    pcap_cnt: 4,
    alert: rule,
    drop: { reason: 'rules' },
  },
  { ...ends, timestamp: 't2', event_type: 'drop', flow_id: 5, pcap_cnt: 6, drop: { reason: 'flow drop' } },
  {
    ...ends,
    timestamp: 't3',
    event_type: 'drop',
    flow_id: 8,
    pcap_cnt: 9,
    drop: { reason: 'stream midstream' },
  },
  { ...ends, event_type: 'flow', flow_id: 9, flow: { action: 'drop' } },
  { ...ends, event_type: 'flow', flow_id: 10, flow: {} },
];

const why = (id: string): string => explanation(recordsOf(RECORDS, id)).join('\n');

it('names the rule that dropped a flow, and the consequences', () => {
  expect(why('5')).toContain('flow 5: TCP 10.0.0.1:1234 → 10.0.0.2:80');
  expect(why('5')).toContain('t1 packet 4: dropped because a rule matched: 1:7:2 "forbidden"');
  expect(why('5')).toContain('t2 packet 6: dropped because its flow had been dropped before');
});

it('finds the flow of a packet', () => {
  expect(why('6')).toContain('1:7:2 "forbidden"');
});

it('names the setting behind a policy', () => {
  expect(why('8')).toContain('stream.midstream-policy');
});

it('says so if the records give no reason', () => {
  expect(why('9')).toContain('enable "- drop"');
  expect(why('10')).toContain('no packet of it was dropped');
  expect(recordsOf(RECORDS, '77')).toEqual([]);
});
