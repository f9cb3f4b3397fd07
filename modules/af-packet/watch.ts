/**
 * Reopens devices that were deleted and created again under their name (a veth pair, a VLAN, one that was renamed):
 * the old socket would never receive anything again. Sockets keep their numbers; threads map the new rings when the old
 * ones are empty.
 */
import type { Log } from '../../engine/module.js';
import type { Native } from '../../engine/native.js';
import { linkTypeOf } from './link-type.js';
import type { OpenDevice } from './open.js';
import { openSockets } from './sockets.js';

const INTERVAL_MS = 1000;
/** A new device that cannot be opened after this many attempts is ignored, until it is replaced by another one. */
const MAX_ATTEMPTS = 60;

/** State of a watched device. */
interface Watched {
  readonly device: OpenDevice;
  /** Index of the device that the sockets are bound to. */
  index: number;
  /** Index that the name had at the last check, and how often opening that device failed. */
  seen: number;
  failures: number;
}

export class DeviceWatch {
  private readonly watched: readonly Watched[];
  private timer: NodeJS.Timeout | undefined;

  /** @param beforeReplacing called while the sockets of the deleted device still exist */
  constructor(
    private readonly native: Native,
    private readonly log: Log,
    devices: readonly OpenDevice[],
    private readonly beforeReplacing: () => void,
  ) {
    this.watched = devices.map(device => {
      const index = native.deviceIndex(device.settings.name);
      return { device, index, seen: index, failures: 0 };
    });
  }

  begin(): void {
    this.timer ??= setInterval(() => this.checkAll(), INTERVAL_MS).unref();
  }

  end(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Checks all devices now. */
  checkAll(): void {
    for (const watched of this.watched) this.check(watched);
  }

  private check(watched: Watched): void {
    const { name } = watched.device.settings;
    const index = this.native.deviceIndex(name);
    if (index !== watched.seen) {
      watched.seen = index;
      watched.failures = 0;
      if (index === 0) this.log.warning(`device ${name} is gone: it will be reopened when it is back`);
    }
    if (index === 0 || index === watched.index || watched.failures >= MAX_ATTEMPTS) return;
    try {
      this.reopen(watched.device);
      watched.index = index;
      this.log.notice(`device ${name} was replaced by another one, and has been reopened`);
    } catch (error) {
      this.logFailure(watched, (error as Error).message);
    }
  }

  /** Logs the first failure, and the last. */
  private logFailure(watched: Watched, reason: string): void {
    const { name } = watched.device.settings;
    const tries = ++watched.failures;
    if (tries === 1) this.log.warning(`device ${name} cannot be reopened yet: ${reason}`);
    if (tries === MAX_ATTEMPTS)
      this.log.error(`device ${name} could not be reopened after ${tries} attempts, giving up: ${reason}`);
  }

  /** The fanout group of the old sockets may still exist, so a new one is used. */
  private reopen({ settings, linkType, sockets, openings }: OpenDevice): void {
    if (linkTypeOf(this.native, settings.name) !== linkType)
      throw new Error('its link type has changed, which needs a restart');
    const opened: number[] = [];
    try {
      openSockets(this.native, settings, sockets.length, 0, opened);
    } catch (error) {
      for (const socket of opened) this.native.closeSocket(socket);
      throw error;
    }
    this.beforeReplacing();
    opened.forEach((socket, i) => {
      this.native.replaceSocket(sockets[i]!, socket);
    });
    Atomics.add(new Int32Array(openings), 0, 1);
  }
}
