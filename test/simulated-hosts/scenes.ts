/** Conversation patterns of hosts. */
import { text } from './check.js';
import type { Scene } from './world.js';

type SceneWithoutLinks = Omit<Scene, 'links'>;

const usual = (seed: number) => ({
  toServer: text(2000 + (seed % 50) * 10, 7),
  toClient: text(3000 - (seed % 50) * 10, 11),
});

export type SceneBuilder = (seed: number) => SceneWithoutLinks;

export const SCENES: Record<string, SceneBuilder> = {
  usual: seed => ({ sides: usual(seed) }),
  'SACK and large windows': seed => ({
    sides: { toServer: text(9000, 7), toClient: text(12000, 11) },
    client: { sack: true, scale: seed % 15, buffer: 200_000, mss: 1400 },
    server: { sack: true, scale: (seed * 7) % 15, buffer: 100_000, mss: 500 },
  }),
  'SACK and small windows': seed => ({ sides: usual(seed), client: { sack: true }, server: { sack: true } }),
  'windows that shrink': seed => ({
    sides: usual(seed),
    client: { shrinks: true },
    server: { shrinks: true },
  }),
  'no timestamps': seed => ({
    sides: usual(seed),
    client: { timestamps: false },
    server: { timestamps: false },
  }),
  'keep-alives of one byte': seed => ({
    sides: usual(seed),
    client: { portion: 500, keepAlive: 1 },
    server: { portion: 900 },
  }),
  'keep-alives without': seed => ({
    sides: usual(seed),
    client: { portion: 500, keepAlive: 0 },
    server: { portion: 900, keepAlive: 1 },
  }),
  'the server speaks when the client is done': seed => ({
    sides: usual(seed),
    server: { listensFirst: true, portion: 1000 },
  }),
  'the client speaks when the server is done': seed => ({
    sides: usual(seed),
    client: { listensFirst: true, portion: 1000 },
  }),
  'both open': seed => ({ sides: usual(seed), server: { opens: true } }),
  'few bytes': seed => ({ sides: { toServer: text(seed % 7, 7), toClient: text((seed * 3) % 5, 11) } }),
  'opens fast': seed => ({
    sides: usual(seed),
    client: { fastOpen: 1 + (seed % 150) },
    server: { fastOpen: 1 },
  }),
  'ports used again': seed => ({
    sides: { toServer: text(300 + seed, 7), toClient: text(400 + seed, 11) },
    connections: 3,
  }),
};

/** Linux accepts no byte beyond a closed window, and the sensor cannot know that it has opened since. */
export const PROBED: SceneBuilder = seed => ({
  sides: usual(seed),
  client: { byteProbes: true },
  server: { byteProbes: true },
});

/** The server does not accept the cookie. */
export const REFUSED: SceneBuilder = seed => ({ sides: usual(seed), client: { fastOpen: 1 + (seed % 150) } });
