/** SSH on unexpected ports. The contents in `when` skip other flows without starting the detection. */
import { alert, defineDetection, text } from 'sluice';

export default defineDetection({
  name: 'ssh-unexpected-port',
  sid: 9_100_007,
  msg: 'EXAMPLE SSH on an unexpected port',
  when: 'tcp any any -> any !22 (flow:to_client; content:"SSH-"; startswith;)',
  classtype: 'non-standard-protocol',
  reads: 'server',
  *detect({ server, flow }) {
    const banner = yield* server.readUntil('\n', 255);
    if (typeof banner === 'string') return;
    return alert(`${text(banner).trim()} on port ${flow.serverPort}`);
  },
});
