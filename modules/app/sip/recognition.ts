/** Recognition of SIP by the first line of a message, which contains the version. */
import type { Probe, RecognitionPattern } from '../../../engine/protocol.js';

const METHODS =
  'ACK BYE CANCEL INFO INVITE MESSAGE NOTIFY OPTIONS PRACK PUBLISH REFER REGISTER SUBSCRIBE UPDATE';
/** Maximum bytes of the first line. */
const MAX_FIRST_LINE_LENGTH = 1024;
const LF = 10;

export const PATTERNS: readonly RecognitionPattern[] = [
  ...METHODS.split(' ').map(method => ({ toServer: true, bytes: `${method} ` })),
  { toServer: false, bytes: 'SIP/2.0 ' },
];

/** `INVITE sip:bob@example.org SIP/2.0`, or `SIP/2.0 200 OK`. */
export const probe: Probe = (bytes, start, end, toServer, transport) => {
  const view = bytes.subarray(start, Math.min(end, start + MAX_FIRST_LINE_LENGTH));
  const at = view.indexOf(LF);
  if (at < 0)
    return transport === 'tcp' && view.length < MAX_FIRST_LINE_LENGTH && isText(view) ? 'more' : 'no';
  const line = Buffer.from(view.subarray(0, at)).toString('latin1');
  if (/^SIP\/\d\.\d \d{3}( |\r|$)/.test(line)) return toServer ? 'yes-but-reversed' : 'yes';
  return /^[A-Za-z]+ [^\t-\r ]+ SIP\/\d\.\d\r?$/.test(line) && toServer ? 'yes' : 'no';
};

/** A word of a first line: anything else cannot become one. */
function isText(view: Uint8Array): boolean {
  const first = view[0] ?? 0;
  return (first >= 65 && first <= 90) || (first >= 97 && first <= 122);
}
