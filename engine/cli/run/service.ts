/** Notifications to the service manager (systemd): ready, alive, stopping. */
import { native } from '../../native.js';

/** Starts the watchdog notifications if the service manager requests them. @returns stops them */
export function notifyServiceManager(environment = process.env): () => void {
  const socket = environment.NOTIFY_SOCKET;
  const addon = native();
  if (!socket || !addon) return () => {};
  addon.notifyService(socket, 'READY=1');
  const interval = Number(environment.WATCHDOG_USEC ?? 0) / 1000 / 2;
  const timer =
    interval > 0 ? setInterval(() => addon.notifyService(socket, 'WATCHDOG=1'), interval) : undefined;
  return () => {
    clearInterval(timer);
    addon.notifyService(socket, 'STOPPING=1');
  };
}
