/** Segments of correct hosts are not dropped, whatever the links do, and all data is read. */
import { describe, it } from 'vitest';
import { expectAllRead, LINKS, listen, POLICIES } from './check.js';
import { PROBED, REFUSED, SCENES, type SceneBuilder } from './scenes.js';

/** Initial sequence numbers: near their end, and anywhere. */
const ISNS = [
  { client: 2 ** 32 - 700, server: 2 ** 31 - 900 },
  { client: 1000, server: 5000 },
];

function check(seed: number, sceneOf: SceneBuilder, link: string, mode: string, policy: string) {
  const config = { 'engine-mode': mode, 'host-os-policy': { [policy]: ['0.0.0.0/0'] } };
  const scene = sceneOf(seed);
  const refused = sceneOf === REFUSED ? scene.sides.toServer.slice(0, scene.client!.fastOpen) : '';
  expectAllRead(seed, listen(seed, { ...scene, links: LINKS[link]! }, config, ISNS[seed % 2]), refused);
}

const MODES = ['ids', 'ips'];

describe.each(Object.keys(LINKS))('%s', link => {
  const cases = Object.entries(SCENES).flatMap(([name, sceneOf], i) =>
    MODES.map((mode, j) => [name, mode, sceneOf, i + j] as const),
  );
  it.each(cases)('all data is read: %s, %s', (_, mode, sceneOf, first) =>
    check(1 + first, sceneOf, link, mode, POLICIES[first % POLICIES.length]!),
  );

  it.each(MODES)('all data is read if closed windows are probed by bytes, %s', mode =>
    check(1, PROBED, link, mode, 'bsd'),
  );
});

/** If the answer is lost, the client opens another session, without data. */
describe.each(Object.keys(LINKS))('%s', link => {
  it.each(MODES)('all data is read if the server refuses the data of a Fast Open, %s', mode => {
    for (const seed of [1, 3, 4, 5, 12]) check(seed, REFUSED, link, mode, POLICIES[seed % 4]!);
  });
});
