/** `classification.config`: class types, `config classification: name,description,priority`. */
import { readFileSync } from 'node:fs';

export interface Classification {
  readonly name: string;
  readonly description: string;
  readonly priority: number;
}

/** A line that cannot be parsed. */
export interface ConfigLineProblem {
  readonly message: string;
  readonly line: number;
}

const LINE = /^\s*config\s+classification\s*:\s*([a-zA-Z][a-zA-Z0-9-_]*)\s*,\s*(.+)\s*,\s*(\d+)\s*$/;

/** Parses a classification file. The first of several equal names wins. */
export function parseClassifications(text: string): {
  classifications: Map<string, Classification>;
  problems: ConfigLineProblem[];
} {
  const classifications = new Map<string, Classification>();
  const problems: ConfigLineProblem[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const match = LINE.exec(line);
    if (!match) {
      problems.push({ message: `Invalid Classtype in classification.config: "${line.trim()}"`, line: i + 1 });
      continue;
    }
    const name = match[1]!.toLowerCase();
    if (!classifications.has(name)) {
      classifications.set(name, { name, description: match[2]!.trim(), priority: Number(match[3]) });
    }
  }
  return { classifications, problems };
}

/** Reads a classification file. @throws file system Error */
export function readClassifications(path: string): ReturnType<typeof parseClassifications> {
  return parseClassifications(readFileSync(path, 'utf8'));
}

/** Built-in class types: name, description, priority. */
const BUILT_IN: readonly (readonly [string, string, number])[] = [
  ['not-suspicious', 'Not Suspicious Traffic', 3],
  ['unknown', 'Unknown Traffic', 3],
  ['bad-unknown', 'Potentially Bad Traffic', 2],
  ['attempted-recon', 'Attempted Information Leak', 2],
  ['successful-recon-limited', 'Information Leak', 2],
  ['successful-recon-largescale', 'Large Scale Information Leak', 2],
  ['attempted-dos', 'Attempted Denial of Service', 2],
  ['successful-dos', 'Denial of Service', 2],
  ['attempted-user', 'Attempted User Privilege Gain', 1],
  ['unsuccessful-user', 'Unsuccessful User Privilege Gain', 1],
  ['successful-user', 'Successful User Privilege Gain', 1],
  ['attempted-admin', 'Attempted Administrator Privilege Gain', 1],
  ['successful-admin', 'Successful Administrator Privilege Gain', 1],
  ['rpc-portmap-decode', 'Decode of an RPC Query', 2],
  ['shellcode-detect', 'Executable code was detected', 1],
  ['string-detect', 'A suspicious string was detected', 3],
  ['suspicious-filename-detect', 'A suspicious filename was detected', 2],
  ['suspicious-login', 'An attempted login using a suspicious username was detected', 2],
  ['system-call-detect', 'A system call was detected', 2],
  ['tcp-connection', 'A TCP connection was detected', 4],
  ['trojan-activity', 'A Network Trojan was detected', 1],
  ['unusual-client-port-connection', 'A client was using an unusual port', 2],
  ['network-scan', 'Detection of a Network Scan', 3],
  ['denial-of-service', 'Detection of a Denial of Service Attack', 2],
  ['non-standard-protocol', 'Detection of a non-standard protocol or event', 2],
  ['protocol-command-decode', 'Generic Protocol Command Decode', 3],
  ['web-application-activity', 'access to a potentially vulnerable web application', 2],
  ['web-application-attack', 'Web Application Attack', 1],
  ['misc-activity', 'Misc activity', 3],
  ['misc-attack', 'Misc Attack', 2],
  ['icmp-event', 'Generic ICMP event', 3],
  ['inappropriate-content', 'Inappropriate Content was Detected', 1],
  ['policy-violation', 'Potential Corporate Privacy Violation', 1],
  ['default-login-attempt', 'Attempt to login by a default username and password', 2],
  ['targeted-activity', 'Targeted Malicious Activity was Detected', 1],
  ['exploit-kit', 'Exploit Kit Activity Detected', 1],
  ['external-ip-check', 'Device Retrieving External IP Address Detected', 2],
  ['domain-c2', 'Domain Observed Used for C2 Detected', 1],
  ['pup-activity', 'Possibly Unwanted Program Detected', 2],
  ['credential-theft', 'Successful Credential Theft Detected', 1],
  ['social-engineering', 'Possible Social Engineering Attempted', 2],
  ['coin-mining', 'Crypto Currency Mining Activity Detected', 2],
  ['command-and-control', 'Malware Command and Control Activity Detected', 1],
];

/** The built-in class types. */
export function builtInClassifications(): Map<string, Classification> {
  return new Map(BUILT_IN.map(([name, description, priority]) => [name, { name, description, priority }]));
}
