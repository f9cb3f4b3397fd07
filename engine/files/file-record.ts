/** Files in EVE records. */
import type { Transaction } from '../protocol.js';
import type { FileSettings } from './file-settings.js';
import type { TrackedFile } from './tracked-file.js';

const STATES = { open: 'UNKNOWN', closed: 'CLOSED', truncated: 'TRUNCATED', error: 'ERROR' } as const;

/** Status of a file in the file store. */
export interface Stored {
  /** Number in the store; undefined if it was not stored. */
  readonly id: number | undefined;
  /** Signatures that requested it. */
  readonly sids: readonly number[];
  /** It will be stored once it is complete. */
  readonly storing?: boolean;
}

/** Members of `fileinfo`, in braces. @param transaction number of the transaction */
export function fileInfo(
  file: TrackedFile,
  settings: FileSettings,
  transaction: number,
  { id, sids, storing = false }: Stored,
): string {
  const members = [`"filename":${JSON.stringify(printable(file.nameText))}`];
  if (sids.length > 0) members.push(`"sid":[${sids.join(',')}]`);
  const magic = settings.magic ? file.magic : undefined;
  if (magic !== undefined) members.push(`"magic":${JSON.stringify(magic)}`);
  members.push(`"gaps":${file.gaps}`, `"state":"${STATES[file.state]}"`);
  for (const kind of ['md5', 'sha1', 'sha256'] as const) {
    const digest = settings[kind] ? file.digest(kind) : undefined;
    if (digest !== undefined) members.push(`"${kind}":"${digest}"`);
  }
  members.push(`"stored":${id !== undefined}`);
  if (id !== undefined) members.push(`"file_id":${id}`);
  else if (storing) members.push('"storing":true');
  members.push(`"size":${file.size}`);
  if (file.range) members.push(`"start":${file.range.start}`, `"end":${file.range.end}`);
  members.push(`"tx_id":${transaction}`);
  return `{${members.join(',')}}`;
}

/** Member of alerts' records: the files of a direction of a transaction, empty if none. */
export function filesMember({ id, files, storesFiles }: Transaction, toServer: boolean): string {
  const shown = files?.filter(file => !file.endedBefore && file.toServer === toServer) ?? [];
  if (shown.length === 0) return '';
  const list = shown.map(file => {
    const wanted = file.toServer ? storesFiles?.toServer : storesFiles?.toClient;
    const storing = file.settings.mayStore && (file.store || (wanted?.length ?? 0) > 0);
    return fileInfo(file, file.settings, id, { id: undefined, sids: [], storing });
  });
  return `"files":[${list.join(',')}]`;
}

/** Valid UTF-8 unchanged, other bytes escaped as in records: `\x` and two digits. */
export function printable(latin1: string): string {
  if (/^[\x20-\x7e]*$/.test(latin1)) return latin1;
  return latin1.replace(
    /[^\x20-\x7e]/g,
    byte => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}
