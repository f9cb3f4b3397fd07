/** Queues, rings and raw sockets reject invalid arguments with an error that names them. */
import { describe, expect, it } from 'vitest';
import { QUEUED_INTS, TALLY_INTS, VERDICT_INTS, VERDICT_WITH_PAYLOAD } from '../../engine/native/queue.js';
import { type Native, native } from '../../engine/native.js';

const addon = native() as Native;
const bytes = new Uint8Array(4096);
const packets = new Uint32Array(QUEUED_INTS);
const tally = new Uint32Array(TALLY_INTS);
const NO_SOCKET = 1_000_000;

describe.runIf(addon)('sockets of the addon', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['a queue number', () => addon.openQueue(70_000, {} as never), /65535/],
    ['missing settings', () => addon.openQueue(1, {} as never), /settings\./],
    [
      'a range outside of the memory',
      () => addon.queueReceive(NO_SOCKET, bytes, 0, 5000, 64, packets, tally),
      /no span/,
    ],
    [
      'an unaligned range',
      () => addon.queueReceive(NO_SOCKET, bytes, 4, 4096, 64, packets, tally),
      /no span/,
    ],
    [
      'a short tally',
      () => addon.queueReceive(NO_SOCKET, bytes, 0, 4096, 64, packets, new Uint32Array(1)),
      /tally/,
    ],
    ['too many verdicts', () => addon.queueVerdicts(NO_SOCKET, 0, bytes, new Uint32Array(6), 2), /count/],
    ['an invalid ring', () => addon.ringReceive({} as never, bytes, 0, 8, 8, packets, tally), /ring/],
    [
      'a frame outside of the ring',
      () => addon.sendFrames(NO_SOCKET, bytes, Uint32Array.of(4000, 200), 1),
      /outside/,
    ],
    ['a packet without a header', () => addon.sendRaw(NO_SOCKET, bytes, 3), /length/],
    ['a device that does not exist', () => addon.deviceType('no-such-dev'), /no-such-dev/],
    ['a socket that is not a ring', () => addon.mapRing(NO_SOCKET, 4096, 2), /mapped/],
  ])('reject %s', (_, call, message) => {
    expect(call).toThrow(message);
  });

  it('reject a verdict whose payload is outside of the memory', () => {
    const verdict = new Uint32Array(VERDICT_INTS);
    verdict.set([1, 1, VERDICT_WITH_PAYLOAD, 0, 4000, 200]);
    expect(() => addon.queueVerdicts(NO_SOCKET, 0, bytes, verdict, 1)).toThrow(/payload/);
  });

  it('receive nothing from an invalid socket, and count verdicts that were not sent', () => {
    expect(addon.queueReceive(NO_SOCKET, bytes, 0, 4096, 64, packets, tally)).toBe(0);
    expect(addon.queueVerdicts(NO_SOCKET, 0, bytes, new Uint32Array(VERDICT_INTS), 1)).toBe(1);
  });
});
