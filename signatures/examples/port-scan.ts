/** A client that opens flows to many ports, of one or several hosts. */
import { alert, defineDetection, sharedTable } from 'sluice';

const TARGETS = 15;

/** Number of known targets of a client, and the targets; above TARGETS it has alerted. */
const clients = sharedTable('clients', { numbers: 1 + TARGETS, entries: 65_536, seconds: 60 });

export default defineDetection({
  name: 'port-scan',
  sid: 9_100_004,
  msg: 'EXAMPLE port scan',
  when: 'tcp any any -> any any',
  classtype: 'attempted-recon',
  onFlowStart(flow, packet) {
    const target = numberOf(`${flow.serverAddress} ${flow.serverPort}`);
    const isScan = clients.update(flow.clientAddress, packet.time, values => {
      const known = values[0]!;
      if (known >= TARGETS || values.subarray(1, 1 + known).includes(target)) return false;
      values[1 + known] = target;
      values[0] = known + 1;
      return known + 1 === TARGETS;
    });
    if (isScan) return alert(`${TARGETS} targets of ${flow.clientAddress} within a minute`);
  },
});

/** A hash of the text. */
function numberOf(text: string): number {
  let number = 7;
  for (let i = 0; i < text.length; i++) number = (number * 131 + text.charCodeAt(i)) % 9_007_199_254_740;
  return number;
}
