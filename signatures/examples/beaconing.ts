/** A host that connects to the same server repeatedly at regular intervals: typical of implants. */
import { alert, defineDetection, sharedTable } from 'sluice';

const CALLS = 8;
/** Minimum interval between connections, and the allowed variation of intervals (standard deviation / mean). */
const MIN_SECONDS = 5;
const MAX_JITTER = 0.1;

/** The latest connections of a host to a server, oldest first; the last number is set once alerted. */
const calls = sharedTable('calls', { numbers: CALLS + 1, entries: 65_536, seconds: 7200 });

export default defineDetection({
  name: 'beaconing',
  sid: 9_100_001,
  msg: 'EXAMPLE regular connections to one server',
  when: 'tcp $HOME_NET any -> any any',
  classtype: 'trojan-activity',
  onFlowStart(flow, packet) {
    const key = `${flow.clientAddress} ${flow.serverAddress} ${flow.serverPort}`;
    const times = calls.update(key, packet.time, values => note(values, packet.time));
    const interval = times && regularInterval(times);
    if (!interval) return;
    if (calls.update(key, packet.time, values => ++values[CALLS]!) > 1) return;
    return alert(`every ${interval.toFixed(1)} s to ${flow.serverAddress}:${flow.serverPort}`);
  },
});

/** Threads may see flows in a different order than they began, so each time is inserted in order. */
function note(values: Float64Array, time: number): number[] | undefined {
  const times = [...values.subarray(0, CALLS), time].sort((a, b) => a - b).slice(1);
  values.set(times);
  return values[CALLS] === 0 && times[0]! > 0 ? times : undefined;
}

/** The mean interval, if all are about equal. */
function regularInterval(times: readonly number[]): number | undefined {
  const intervals = times.slice(1).map((time, i) => time - times[i]!);
  const mean = intervals.reduce((sum, each) => sum + each, 0) / intervals.length;
  const variance = intervals.reduce((sum, each) => sum + (each - mean) ** 2, 0) / intervals.length;
  return mean >= MIN_SECONDS && Math.sqrt(variance) / mean <= MAX_JITTER ? mean : undefined;
}
