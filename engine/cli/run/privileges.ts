/** Drops privileges: resolves user names, and for live traffic keeps the capabilities that a sensor needs. */
import { readFileSync } from 'node:fs';
import { native } from '../../native.js';
import { UsageError } from '../usage-error.js';

/** Numeric user and group of a run. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** As given by the user, for messages. */
  readonly named: string;
}

/**
 * @param user name or number; empty: unchanged  @param group the same; empty: the user's
 * @returns undefined when nothing changes  @throws UsageError when there is no such user or group
 */
export function identityOf(user: string, group: string): Identity | undefined {
  if (user === '' && group === '') return undefined;
  const named = `user ${user || '(same)'} of group ${group || '(same)'}`;
  return possible(named, () => {
    const [uid, own] = user === '' ? [process.getuid!(), process.getgid!()] : userNumbers(user);
    return { uid, gid: group === '' ? own : groupNumber(group), named };
  });
}

/**
 * @param sensor keep the capabilities to give verdicts and to send packets
 * @throws UsageError with what is not possible
 */
export function becomeUser({ uid, gid, named }: Identity, sensor: boolean): void {
  possible(named, () => {
    // A ring of io_uring that the kernel polls would continue as the previous user (CVE-2024-22017).
    if (Number(process.env['UV_USE_IO_URING'])) throw new Error('UV_USE_IO_URING is set');
    const addon = native();
    if (addon) addon.dropPrivileges(uid, gid, sensor);
    else changeUser(uid, gid);
  });
}

/** Without the addon. A Node that uses the system's libuv (Debian 13) refuses this. */
function changeUser(uid: number, gid: number): void {
  // root has more groups than the user.
  if (process.geteuid!() === 0) process.setgroups!([]);
  process.setgid!(gid);
  process.setuid!(uid);
}

function possible<T>(named: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError(`cannot switch to ${named}: ${(error as Error).message}`);
  }
}

function userNumbers(name: string): [number, number] {
  const fields = entryOf('/etc/passwd', name);
  return [Number(fields[2]), Number(fields[3])];
}

function groupNumber(name: string): number {
  return /^\d+$/.test(name) ? Number(name) : Number(entryOf('/etc/group', name)[2]);
}

/** The entry with this name or number. */
function entryOf(file: string, name: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const found = lines.map(line => line.split(':')).find(fields => fields[0] === name || fields[2] === name);
  if (!found) throw new Error(`${file} has no ${name}`);
  return found;
}
