/** Addresses and ports of rule headers: written, and evaluated for one number. */

/** The numbers in one item of a list. */
export interface Item<T> {
  readonly negated: boolean;
  readonly text: string;
  readonly has: (value: T) => boolean;
}

/** Empty for `any`. */
export type List<T> = readonly Item<T>[];

export interface Header {
  readonly protocol: 'ip' | 'udp' | 'tcp-pkt';
  readonly source: List<number>;
  readonly sourcePorts: List<number>;
  readonly direction: '->' | '<>';
  readonly destination: List<number>;
  readonly destinationPorts: List<number>;
}

export interface Ends {
  readonly protocol: 6 | 17;
  readonly source: number;
  readonly sourcePort: number;
  readonly destination: number;
  readonly destinationPort: number;
}

/** In one of the items that are not negated, if there are any, and in none that is negated. */
export function isIn<T>(list: List<T>, value: T): boolean {
  const wanted = list.filter(({ negated }) => !negated);
  const unwanted = list.filter(({ negated }) => negated);
  return (
    (wanted.length === 0 || wanted.some(({ has }) => has(value))) && !unwanted.some(({ has }) => has(value))
  );
}

export function listText<T>(list: List<T>): string {
  const items = list.map(({ negated, text }) => `${negated ? '!' : ''}${text}`);
  if (items.length === 0) return 'any';
  return items.length === 1 ? items[0]! : `[${items.join(',')}]`;
}

export function headerText({
  protocol,
  source,
  sourcePorts,
  direction,
  destination,
  destinationPorts,
}: Header) {
  const ends = [source, sourcePorts, destination, destinationPorts].map(listText);
  return `${protocol} ${ends[0]} ${ends[1]} ${direction} ${ends[2]} ${ends[3]}`;
}

export function headerHolds(header: Header, ends: Ends): boolean {
  if (header.protocol === 'udp' && ends.protocol !== 17) return false;
  if (header.protocol === 'tcp-pkt' && ends.protocol !== 6) return false;
  const { source, sourcePort, destination, destinationPort } = ends;
  const back: Ends = {
    ...ends,
    source: destination,
    sourcePort: destinationPort,
    destination: source,
    destinationPort: sourcePort,
  };
  return oneWay(header, ends) || (header.direction === '<>' && oneWay(header, back));
}

function oneWay(header: Header, ends: Ends): boolean {
  return (
    isIn(header.source, ends.source) &&
    isIn(header.sourcePorts, ends.sourcePort) &&
    isIn(header.destination, ends.destination) &&
    isIn(header.destinationPorts, ends.destinationPort)
  );
}
