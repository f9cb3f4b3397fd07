/** Changes ownership of files before a run drops privileges: afterwards it could not. */
import { chownSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { cachingPath } from '../../../signatures/compile/options.js';
import type { Config } from '../../config/config.js';
import { controlSettings } from '../../control/settings.js';
import type { EngineLog } from '../../log.js';
import { makeFolder } from '../../make-folder.js';
import { LOG_FOLDER } from '../options.js';
import type { Identity } from './privileges.js';

/** @param live packets come from devices */
export function changeOwners(config: Config, live: boolean, log: EngineLog, identity: Identity): void {
  const { uid, gid } = identity;
  log.changeOwner(uid, gid);
  const socket = controlSettings(config, live)?.path;
  if (socket !== undefined) createOwnedFolder(dirname(socket), identity);
}

/** The log folder, if the run creates it: otherwise the new user could not write to it. */
export function changeLogFolderOwner(config: Config, identity: Identity): void {
  createOwnedFolder(config.read(LOG_FOLDER), identity);
}

/** The folder of compiled rules: reloads after dropping privileges write to it. */
export function changeCacheOwner(config: Config, identity: Identity): void {
  const folder = config.read(cachingPath);
  if (folder !== '') createOwnedFolder(folder, identity);
}

/** Folders below `/run` are gone after a reboot. An existing folder belongs to someone else. */
function createOwnedFolder(path: string, { uid, gid }: Identity): void {
  if (existsSync(path)) return;
  try {
    makeFolder(path);
    chownSync(path, uid, gid);
  } catch {
    // Reported where the folder is used.
  }
}
