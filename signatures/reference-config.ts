/** `reference.config`: URL prefixes of references, `config reference: cve https://…`. */
import { readFileSync } from 'node:fs';
import type { ConfigLineProblem } from './classification.js';

const LINE = /^\s*config\s+reference\s*:\s*([a-zA-Z][a-zA-Z0-9-_]*)\s+(\S.*?)\s*$/;

/** Parses a reference file. Types are lower case; the first of several equal ones wins. */
export function parseReferences(text: string): {
  references: Map<string, string>;
  problems: ConfigLineProblem[];
} {
  const references = new Map<string, string>();
  const problems: ConfigLineProblem[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const match = LINE.exec(line);
    if (!match)
      problems.push({
        message: `Invalid Reference Config in reference.config file: "${line.trim()}"`,
        line: i + 1,
      });
    else if (!references.has(match[1]!.toLowerCase())) references.set(match[1]!.toLowerCase(), match[2]!);
  }
  return { references, problems };
}

/** Reads a reference file. @throws file system Error */
export function readReferences(path: string): ReturnType<typeof parseReferences> {
  return parseReferences(readFileSync(path, 'utf8'));
}

/** Built-in reference types. */
export function builtInReferences(): Map<string, string> {
  return new Map([
    ['bugtraq', 'http://www.securityfocus.com/bid/'],
    ['bid', 'http://www.securityfocus.com/bid/'],
    ['cve', 'https://cve.mitre.org/cgi-bin/cvename.cgi?name='],
    ['arachnids', 'http://www.whitehats.com/info/IDS'],
    ['mcafee', 'http://vil.nai.com/vil/content/v_'],
    ['nessus', 'http://cgi.nessus.org/plugins/dump.php3?id='],
    ['url', 'https://'],
    ['et', 'http://doc.emergingthreats.net/'],
    ['etpro', 'http://doc.emergingthreatspro.com/'],
    ['telus', 'http://'],
    ['osvdb', 'http://osvdb.org/show/osvdb/'],
    ['threatexpert', 'http://www.threatexpert.com/report.aspx?md5='],
    ['md5', 'http://www.threatexpert.com/report.aspx?md5='],
    ['exploitdb', 'http://www.exploit-db.com/exploits/'],
    ['openpacket', 'https://www.openpacket.org/capture/grab/'],
    ['securitytracker', 'http://securitytracker.com/id?'],
    ['secunia', 'http://secunia.com/advisories/'],
    ['xforce', 'http://xforce.iss.net/xforce/xfdb/'],
    ['msft', 'http://technet.microsoft.com/security/bulletin/'],
  ]);
}

/**
 * The URL of a reference.
 * @param reference "type,value"; a value that already is a URL is unchanged
 */
export function referenceAddress(reference: string, systems: Readonly<Record<string, string>>): string {
  const comma = reference.indexOf(',');
  const type = reference.slice(0, comma);
  const value = reference.slice(comma + 1);
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `${systems[type] ?? ''}${value}`;
}
