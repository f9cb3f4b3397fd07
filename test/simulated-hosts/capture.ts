/** Packets between simulated hosts, as captured by the sensor. */
import { type CapturedPacket, ethernet } from '../packets/builder.js';
import { randomNumbers } from '../pseudo-random.js';
import { type End, type Step, segmentPacket } from '../stream-tracking/conversation.js';
import { type Scene, World } from './world.js';

export interface Ends {
  readonly client: End;
  readonly server: End;
}

export interface Captured {
  readonly packets: readonly CapturedPacket[];
  /** Time (seconds since the epoch) at which the client has received this many bytes. */
  heardAt(bytes: number): number;
}

/** @param begin seconds since the epoch */
export function captured(seed: number, scene: Scene, { client, server }: Ends, begin: number): Captured {
  const steps: { now: number; step: Step; heard: number }[] = [];
  const sensor = (step: Step) => {
    steps.push({ now: begin + world.now / 1000, step, heard: world.hosts[0].received.length });
    return { dropped: false, events: [] };
  };
  const world: World = new World(randomNumbers(seed * 7919), scene, sensor);
  if (!world.run()) throw new Error(`seed ${seed}: the conversation does not end`);
  const { read } = world;
  const { sides } = scene;
  if (read.toServer !== sides.toServer || read.toClient !== sides.toClient)
    throw new Error(`seed ${seed}: the hosts did not receive all data`);
  return {
    packets: steps.map(({ now, step }) => ({
      data: segmentPacket(step, client, server, [ethernet()]),
      time: now,
    })),
    heardAt: bytes => (steps.find(({ heard }) => heard >= bytes) ?? steps.at(-1)!).now,
  };
}
