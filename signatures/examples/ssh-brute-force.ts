/** Passwords tried one after the other: many short SSH connections of one client to one server, with little in them. */
import { alert, defineDetection, sharedTable } from 'sluice';

const TRIES = 5;
const LONGEST_SECONDS = 15;
/** A session in which somebody works sends more. */
const MOST_BYTES = 8000;

/** Connections without success, and whether it was told. */
const tries = sharedTable('tries', { numbers: 2, seconds: 300 });

export default defineDetection({
  name: 'ssh-brute-force',
  sid: 9_100_003,
  msg: 'EXAMPLE SSH password guessing',
  when: 'tcp any any -> any 22',
  classtype: 'attempted-admin',
  onFlowEnd(flow) {
    const seconds = flow.lastSeen - flow.started;
    // Without an answer it is a scan of ports.
    if (flow.packetsToClient < 3 || seconds > LONGEST_SECONDS || flow.bytesToServer > MOST_BYTES) return;
    const key = `${flow.clientAddress} ${flow.serverAddress}`;
    const isNew = tries.update(key, flow.lastSeen, values => ++values[0]! >= TRIES && values[1]!++ === 0);
    if (isNew) return alert(`${TRIES} short connections from ${flow.clientAddress}`);
  },
});
