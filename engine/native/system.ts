/** What the addon asks of the system for the process and its threads. */

export interface NativeSystem {
  /** Becomes this user and group and keeps the capabilities of a sensor: NET_ADMIN, NET_RAW, IPC_LOCK, SYS_NICE. */
  dropPrivileges(user: number, group: number): void;
  /** Tells the service manager, at the socket that NOTIFY_SOCKET names. @returns whether it was sent */
  notifyService(socket: string, text: string): boolean;

  /** Gives memory that was allocated by libraries and freed back to the system. */
  trimMemory(): void;

  /** Pins the calling thread to these CPUs. @throws Error with the system's reason. */
  setAffinity(cpus: readonly number[]): void;
  /** Kernel thread id of the caller; and its name as `top -H` shows it (15 characters). */
  threadId(): number;
  setThreadName(name: string): void;
  /** CPU time of the calling thread in seconds. */
  threadCpuSeconds(): number;
  /**
   * Calls `work`, and interrupts it when it does not come back in time. Not there where Node's headers were not, when
   * the addon was built.
   * @returns false when it was interrupted. @throws whatever `work` throws
   */
  runGuarded?(work: () => void, milliseconds: number): boolean;
}
