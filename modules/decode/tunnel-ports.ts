/** Ports on which a tunnel is expected, as written in the configuration. */
import type { Config } from '../../engine/config/config.js';

const PORTS = 65536;
/** Maximum nesting of port variables. */
const MAX_DEPTH = 16;

/**
 * Ports of a setting: numbers, ranges `a:b`, lists, `any`, port variables, each of them excluded with a preceding `!`.
 * If none is included, all are but the excluded ones.
 * @param fallback ports of an undefined variable
 * @returns for each port whether it is included
 * @throws Error that names an invalid port, or a variable that contains itself
 */
export function tunnelPorts(config: Config, value: unknown, fallback: number): Uint8Array {
  const included = new Uint8Array(PORTS);
  const excluded = new Uint8Array(PORTS);
  const read = (setting: unknown, negated: boolean, depth: number): void => {
    if (depth > MAX_DEPTH)
      throw new Error(`port variables of a tunnel are nested too deeply: ${String(setting)}`);
    eachWord(textOf(setting), negated, (word, not) => {
      if (word.startsWith('$'))
        read(config.at(`vars.port-groups.${word.slice(1)}`) ?? fallback, not, depth + 1);
      else markRange(word, not ? excluded : included);
    });
  };
  read(value, false, 0);
  if (!included.includes(1) && excluded.includes(1)) included.fill(1);
  for (let port = 0; port < PORTS; port++) if (excluded[port]) included[port] = 0;
  return included;
}

function textOf(setting: unknown): string {
  return Array.isArray(setting) ? setting.map(textOf).join() : String(setting ?? '');
}

/** @param visit called with each word between brackets and commas, and whether `!` precedes it, or its list */
function eachWord(text: string, negated: boolean, visit: (word: string, not: boolean) => void): void {
  const outside: boolean[] = [];
  let list = negated;
  let not = list;
  for (const [word] of text.matchAll(/[[\]!]|[^\s,[\]!]+/g)) {
    if (word === '!') {
      not = !not;
      continue;
    }
    if (word === '[') {
      outside.push(list);
      list = not;
    } else if (word === ']') list = outside.pop() ?? negated;
    else visit(word, not);
    not = list;
  }
}

function markRange(word: string, ports: Uint8Array): void {
  const range = word === 'any' ? [0, PORTS - 1] : rangeOf(word);
  if (!range)
    throw new Error(`"${word}" is not a tunnel port, expected a number, a range such as 100:200, or any`);
  ports.fill(1, range[0], range[1]! + 1);
}

function rangeOf(word: string): number[] | undefined {
  const [, from, between, to] = /^(\d*)([:-]?)(\d*)$/.exec(word) ?? [];
  if (from === undefined || from + to! === '') return undefined;
  const first = Number(from);
  const last = between === '' ? first : to === '' ? PORTS - 1 : Number(to);
  return first <= last && last < PORTS ? [first, last] : undefined;
}
