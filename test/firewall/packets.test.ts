import { describe, expect, test } from 'vitest';
import * as Flow from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import { flowEnd, inline, sensorFor, tcp, udp } from '../detect/sensor.js';

const NONE = Packet.VERDICT_NONE;
const DROP = Packet.VERDICT_DROP;

const dns = (rest = {}) => udp('x', { destinationPort: 53, ...rest });

describe('the table packet:filter', () => {
  test('a packet that no rule accepts is dropped', async () => {
    const s = await sensorFor('', { firewall: 'accept:packet udp:all any any -> any 53 (sid:1;)' });
    expect(s.run([dns(), udp('x')])).toEqual({ alerts: [], verdicts: [NONE, DROP] });
  });

  test('the first matching rule decides, in the order of the file', async () => {
    const s = await sensorFor('', {
      firewall: `drop:packet udp:all any any -> any 53 (content:"bad"; alert; sid:3;)
        accept:packet udp:all any any -> any 53 (alert; sid:2;)
        drop:packet udp:all any any -> any any (alert; sid:1;)`,
    });
    expect(s.run([dns(), dns({ payload: 'bad' }), udp('x')])).toEqual({
      alerts: ['2@1', '3@2', '1@3'],
      verdicts: [NONE, DROP, DROP],
    });
  });

  test('a threshold limits alerts, not verdicts', async () => {
    const s = await sensorFor('', {
      firewall: `accept:packet udp:all any any -> any 53
          (threshold:type limit, track by_src, count 1, seconds 60; alert; sid:1;)
        drop:packet udp:all any any -> any 54
          (threshold:type threshold, track by_src, count 2, seconds 60; alert; sid:2;)`.replaceAll(
        '\n          ',
        ' ',
      ),
    });
    const other = dns({ destinationPort: 54 });
    expect(s.run([dns(), dns(), other, other])).toEqual({
      alerts: ['1@1', '2@4'],
      verdicts: [NONE, NONE, DROP, DROP],
    });
  });

  test('a configured policy replaces the default drop, and may alert', async () => {
    const firewall = { enabled: true, policies: { packet: { filter: ['accept:hook', 'alert'] } } };
    const s = await sensorFor('', { config: { 'engine-mode': 'ips', firewall } });
    expect(s.run([udp('x')])).toEqual({ alerts: ['2201000@1'], verdicts: [NONE] });
  });

  test('a dropped flow stays dropped, an accepted flow is not evaluated again', async () => {
    const s = await sensorFor('', {
      firewall: `drop:flow tcp:all any any -> any any (content:"bad"; alert; sid:1;)
        accept:flow tcp:all any any -> any any (content:"good"; alert; sid:2;)
        accept:packet tcp:all any any -> any any (content:"hello"; sid:3;)`,
    });
    const bad = ['hello', 'bad', 'hello'].map(data => inline(data, { flow: 1 }));
    expect(s.run(bad)).toEqual({ alerts: ['1@2'], verdicts: [NONE, DROP, DROP] });
    const good = ['good', 'bad'].map(data => inline(data, { flow: 2 }));
    expect(s.run(good)).toEqual({ alerts: ['2@4'], verdicts: [NONE, NONE] });
    const { row } = s.thread.flows;
    expect(row[1 * Flow.INTS + Flow.ACTION]).toBe(Flow.ACTION_DROP);
    expect(row[2 * Flow.INTS + Flow.ACTION]).toBe(Flow.ACTION_ACCEPT);
  });

  test('the end of an encrypted session is evaluated once per direction', async () => {
    const s = await sensorFor('', { firewall: 'accept:hook tcp:all any any <> any any (alert; sid:1;)' });
    const ends = (flow: number, flags: number) => {
      s.thread.flows.row[flow * Flow.INTS + Flow.STATE] = Flow.STATE_ESTABLISHED;
      return s.run([tcp({ flow, flags }), flowEnd(flow)]).alerts.length;
    };
    expect([ends(1, 0), ends(2, Packet.FLAG_NO_PAYLOAD_INSPECTION)]).toEqual([1, 3]);
  });

  test('<> matches both directions', async () => {
    const s = await sensorFor('', { firewall: 'accept:packet tcp:all any any <> any 80 (sid:1;)' });
    expect(s.run([tcp(), tcp({ toServer: false })]).verdicts).toEqual([NONE, NONE]);
  });
});

describe('threat detection behind a firewall', () => {
  const threats = `alert udp any any -> any any (content:"x"; sid:10;)
    drop udp any any -> any any (content:"evil"; sid:11;)`;

  test('inspects accepted packets', async () => {
    const s = await sensorFor(threats, { firewall: 'accept:hook udp:all any any -> any 53 (alert; sid:1;)' });
    expect(s.run([dns(), udp('x'), dns({ payload: 'evil' })])).toEqual({
      alerts: ['1@1', '10@1', '1@3', '11@3'],
      verdicts: [NONE, DROP, DROP],
    });
  });

  test('does not inspect packets that the firewall exempts', async () => {
    const s = await sensorFor(threats, {
      firewall: 'accept:packet,pass:packet,alert udp:all any any -> any 53 (sid:1;)',
    });
    expect(s.run([dns({ payload: 'evil x' })])).toEqual({ alerts: ['1@1'], verdicts: [NONE] });
  });

  test('a pass rule does not override the firewall', async () => {
    const s = await sensorFor('pass tcp any any -> any any (content:"hello"; sid:10;)', {
      firewall: `drop:packet tcp:all any any -> any any (content:"bad"; sid:1;)
        accept:packet tcp:all any any -> any any (sid:2;)`,
    });
    expect(s.run(['hello', 'bad'].map(data => inline(data))).verdicts).toEqual([Packet.VERDICT_PASS, DROP]);
  });
});

test('a reload takes effect between two batches', async () => {
  const s = await sensorFor('', { firewall: 'accept:packet udp:all any any -> any 53 (sid:1;)' });
  s.reload('alert udp any any -> any any (content:"x"; sid:10;)');
  expect(s.run([dns(), udp('x')])).toEqual({ alerts: ['10@1'], verdicts: [NONE, DROP] });
});
