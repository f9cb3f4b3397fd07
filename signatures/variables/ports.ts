/** Ports of a rule header: `80`, `1024:`, `:1023`, `80:90`, `[80,!443]`, `!$HTTP_PORTS`, `any`. */
import { RuleError } from '../rule-error.js';
import type { PortSet, Position } from '../signature.js';
import { readList } from './list.js';
import { PORTS, type Range, union, without } from './ranges.js';

const ANY_PORT: PortSet = [[0, 65535]];

/**
 * Resolves ports to ranges.
 * @param variables values of `vars: port-groups`
 * @throws RuleError
 */
export function parsePorts(text: string, variables: ReadonlyMap<string, string>, at: Position): PortSet {
  const included: Range<number>[] = [];
  const excluded: Range<number>[] = [];
  readList(
    text,
    {
      kind: 'port',
      variable: name => variables.get(name),
      item(part, negated) {
        if (negated && part.toLowerCase() === 'any') throw new RuleError('"!any" matches no port', at);
        (negated ? excluded : included).push(parseRange(part, at));
      },
    },
    at,
  );
  const base = included.length > 0 ? union(PORTS, included) : ANY_PORT;
  const set = without(PORTS, base, union(PORTS, excluded));
  if (set.length === 0) throw new RuleError(`ports "${text}" exclude everything they include`, at);
  return set;
}

function parseRange(text: string, at: Position): Range<number> {
  if (text.toLowerCase() === 'any') return [0, 65535];
  const colon = text.indexOf(':');
  if (colon < 0) {
    const port = parsePort(text, at);
    return [port, port];
  }
  const from = text.slice(0, colon).trim();
  const to = text.slice(colon + 1).trim();
  if (from === '' && to === '') throw new RuleError(`"${text}" is not a port range`, at);
  const first = from === '' ? 0 : parsePort(from, at);
  const last = to === '' ? 65535 : parsePort(to, at);
  if (first > last) throw new RuleError(`port range "${text}" is reversed`, at, `${last}:${first}`);
  return [first, last];
}

function parsePort(text: string, at: Position): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65535))
    throw new RuleError(
      `"${text}" is not a port`,
      at,
      'a number from 0 to 65535, a range such as 1024: or any',
    );
  return port;
}
