/** System calls of the addon for the process and its threads. */

export interface NativeSystem {
  /**
   * Switches all threads to this user and group.
   * @param isSensor keep the capabilities of a sensor: NET_ADMIN, NET_RAW, IPC_LOCK, SYS_NICE
   */
  dropPrivileges(user: number, group: number, isSensor: boolean): void;
  /** Notifies the service manager at the socket named by NOTIFY_SOCKET. @returns whether it was sent */
  notifyService(socket: string, text: string): boolean;

  /** Opens a non-blocking socket for datagrams to Unix sockets. @throws Error */
  openDatagramSocket(): number;
  /**
   * Sends the whole lines in `bytes[from…]` to the socket at `path`, one in each datagram, until one cannot be sent.
   * @param out is set to the errno of that one or 0; its second element is increased by the number of lines too long to
   * be sent
   * @returns offset of the first remaining line
   */
  sendLines(socket: number, path: string, bytes: Uint8Array, from: number, out: Uint32Array): number;

  /** Returns freed memory of libraries to the system. */
  trimMemory(): void;

  /** Pins the calling thread to these CPUs. @throws Error with the system's reason. */
  setAffinity(cpus: readonly number[]): void;
  /** Kernel thread id of the caller; and its name as shown by `top -H` (15 characters). */
  threadId(): number;
  setThreadName(name: string): void;
  /** CPU time of the calling thread in seconds. */
  threadCpuSeconds(): number;
  /**
   * Calls `work`, and interrupts it if it does not return in time. Absent if Node's headers were not available when the
   * addon was built.
   * @returns false if it was interrupted. @throws whatever `work` throws
   */
  runGuarded?(work: () => void, milliseconds: number): boolean;
}
