/** What the addon asks of the system for the process and its threads. */

export interface NativeSystem {
  /** Becomes this user and group and keeps the capabilities of a sensor: NET_ADMIN, NET_RAW, IPC_LOCK, SYS_NICE. */
  dropPrivileges(user: number, group: number): void;
  /** Tells the service manager, at the socket that NOTIFY_SOCKET names. @returns whether it was sent */
  notifyService(socket: string, text: string): boolean;

  /** Opens a socket for datagrams to sockets of the file system; it never waits. @throws Error */
  openDatagramSocket(): number;
  /**
   * Sends the whole lines in `bytes[from…]` to the socket at `path`, one in each datagram, until one cannot be sent.
   * @param out is set to the errno of that one or 0; to its second element those are added that are too long to be sent
   * @returns offset of the first line that is left
   */
  sendLines(socket: number, path: string, bytes: Uint8Array, from: number, out: Uint32Array): number;

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
