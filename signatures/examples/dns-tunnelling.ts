/** Data exfiltrated in queried names: many bytes below one domain, with higher entropy than words. */
import { alert, defineDetection, entropy, sharedTable, text } from 'sluice';

const DOT = 46;
const MIN_QUESTIONS = 10;
const MIN_BYTES = 400;
/** Bits per byte: words have less, encoded data more. */
const MIN_ENTROPY = 3.5;

/** For each domain queried by a client: queries, bytes, sum of entropies, whether alerted. */
const domains = sharedTable('domains', { numbers: 4, entries: 65_536, seconds: 600 });

export default defineDetection({
  name: 'dns-tunnelling',
  sid: 9_100_002,
  msg: 'EXAMPLE data in DNS names',
  classtype: 'bad-unknown',
  onTransaction: 'dns',
  transaction(question, flow) {
    if (!question.toServer) return;
    for (const name of question.buffers('dns.query')) {
      const { below, domain } = split(name);
      if (below.length < 12) continue;
      const now = flow.lastSeen;
      const reported = domains.update(`${flow.clientAddress} ${domain}`, now, values => {
        values[0]! += 1;
        values[1]! += below.length;
        values[2]! += entropy(below);
        const isTunnel =
          values[0]! >= MIN_QUESTIONS && values[1]! >= MIN_BYTES && values[2]! / values[0]! >= MIN_ENTROPY;
        return isTunnel && values[3]!++ === 0 ? values[1] : undefined;
      });
      if (reported !== undefined) return alert(`${reported} bytes below ${domain}`);
    }
  },
});

/** The domain is the last two labels. */
function split(name: Uint8Array): { below: Uint8Array; domain: string } {
  const dot = name.lastIndexOf(DOT, name.lastIndexOf(DOT) - 1);
  return { below: name.subarray(0, Math.max(0, dot)), domain: text(name.subarray(dot + 1)).toLowerCase() };
}
