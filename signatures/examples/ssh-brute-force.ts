/** Password guessing: many short SSH connections of one client to one server, with little data. */
import { alert, defineDetection, sharedTable } from 'sluice';

const TRIES = 5;
const MAX_SECONDS = 15;
/** An interactive session sends more. */
const MAX_BYTES = 8000;

/** Failed connections, and whether alerted. */
const tries = sharedTable('tries', { numbers: 2, seconds: 300 });

export default defineDetection({
  name: 'ssh-brute-force',
  sid: 9_100_003,
  msg: 'EXAMPLE SSH password guessing',
  when: 'tcp any any -> any 22',
  classtype: 'attempted-admin',
  onFlowEnd(flow) {
    const seconds = flow.lastSeen - flow.started;
    // Without a reply it is a port scan.
    if (flow.packetsToClient < 3 || seconds > MAX_SECONDS || flow.bytesToServer > MAX_BYTES) return;
    const key = `${flow.clientAddress} ${flow.serverAddress}`;
    const isNew = tries.update(key, flow.lastSeen, values => ++values[0]! >= TRIES && values[1]!++ === 0);
    if (isNew) return alert(`${TRIES} short connections from ${flow.clientAddress}`);
  },
});
