/** A side as one line of JSON. */
import { bytesOf, type Side } from './side.js';

export function jsonLine(side: Side): string {
  const { proto, src, sport, dst, dport, policy, gaps, overlaps, cut, end } = side;
  return JSON.stringify({
    proto,
    src,
    sport,
    dst,
    dport,
    policy,
    data: bytesOf(side).toString('base64'),
    gaps,
    ...(overlaps.length > 0 ? { overlaps: overlaps.map(overlapObject) } : {}),
    ...(cut > 0 ? { cut } : {}),
    end,
  });
}

function overlapObject({ offset, existing, received }: Side['overlaps'][number]): object {
  return {
    offset,
    before: Buffer.from(existing).toString('base64'),
    brought: Buffer.from(received).toString('base64'),
  };
}
