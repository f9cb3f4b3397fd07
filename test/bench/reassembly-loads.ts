/** Expensive streams: each load is n segments of one direction. */

/** Feeds one segment (position from 0, length in bytes) or acknowledges a position. */
export interface Sink {
  segment(position: number, length: number): void;
  acknowledge(position: number): void;
}

export interface Load {
  readonly name: string;
  readonly policy: string;
  readonly inline?: boolean;
  /** The data of the largest size is within one TCP window. */
  run(n: number, sink: Sink): void;
}

function inOrder(n: number, length: number, sink: Sink): void {
  for (let i = 0; i < n; i++) {
    sink.segment(i * length, length);
    if (i % 2 === 1) sink.acknowledge((i + 1) * length);
  }
}

function reversed(n: number, length: number, sink: Sink): void {
  for (let i = n; i >= 0; i--) sink.segment(i * length, length);
  sink.acknowledge((n + 1) * length);
}

/** Visits each of 0 … n-1 once in scattered order (n a power of two). */
function jumping(n: number, visit: (i: number) => void): void {
  for (let i = 0, at = 0; i < n; i++) {
    visit(at);
    at = (at * 5 + 12345) % n;
  }
}

const ordinary: Load[] = [
  { name: 'in order, acked', policy: 'bsd', run: (n, sink) => inOrder(n, 1460, sink) },
  { name: 'in order, acked', policy: 'first', run: (n, sink) => inOrder(n, 1460, sink) },
  { name: 'in order', policy: 'first', inline: true, run: (n, sink) => inOrder(n, 1460, sink) },
];

const hostile = (policy: string, inline = false): Load[] => [
  {
    name: '1 byte, in order, never acknowledged',
    policy,
    inline,
    run: (n, sink) => inOrder(n, 1, { ...sink, segment: sink.segment, acknowledge() {} }),
  },
  { name: '1 byte, reversed', policy, inline, run: (n, sink) => reversed(n, 1, sink) },
  {
    name: '1 byte, scattered',
    policy,
    inline,
    run: (n, sink) => jumping(n, i => sink.segment(1 + i, 1)),
  },
  {
    name: 'every second byte, then all bytes',
    policy,
    inline,
    run: (n, sink) => {
      for (let i = 0; i < n; i++) sink.segment(1 + 2 * i, 1);
      for (let i = 0; i + 1000 < 2 * n; i += 1000) sink.segment(i + 1, 1000);
    },
  },
  {
    name: '1,400 bytes, each shifted by 1',
    policy,
    inline,
    run: (n, sink) => {
      for (let i = 0; i < n; i++) sink.segment(10 + (i % 1000), 1400);
    },
  },
  {
    name: 'nested, growing at both ends',
    policy,
    inline,
    run: (n, sink) => {
      for (let i = 0; i < n; i++) sink.segment(701 - (i % 700), 2 * (i % 700) + 1);
    },
  },
  {
    name: 'nested, shrinking at both ends',
    policy,
    inline,
    run: (n, sink) => {
      for (let i = 0; i < n; i++) sink.segment(1 + (i % 700), 1400 - 2 * (i % 700));
    },
  },
  {
    name: 'distant positions',
    policy,
    inline,
    run: (n, sink) => jumping(n, i => sink.segment(1 + i * 200, 100)),
  },
];

export const loads: readonly Load[] = [
  ...ordinary,
  ...hostile('bsd'),
  ...hostile('solaris'),
  ...hostile('last'),
  ...hostile('linux-6'),
  ...hostile('first', true),
];
