/** Files that are opened: what a client asks for, and what it is told of them, in both versions. */
import type { Connection } from './connection.js';
import type { Fields } from './fields.js';
import type { Create } from './transaction.js';

const [DIRECTORY_FILE, DELETE_ON_CLOSE] = [0x1, 0x1000];

/** A request to open a file. @param options and `disposition` as of NtCreateFile (MS-SMB2 2.2.13) */
export function fileAsked(filename: string, options: number, disposition: number): Create {
  return {
    filename,
    isDirectory: (options & DIRECTORY_FILE) !== 0,
    deleteOnClose: (options & DELETE_ON_CLOSE) !== 0,
    disposition,
    created: 0,
    accessed: 0,
    modified: 0,
    changed: 0,
    size: 0,
    fuid: undefined,
  };
}

/** A file was opened. @param times where its four times stand in the response; `size` where its size does */
export function fileOpened(
  connection: Connection,
  create: Create,
  m: Fields,
  { fuid, times, size }: { readonly fuid: string; readonly times: number; readonly size: number },
): void {
  create.fuid = fuid;
  create.created = m.time(times);
  create.accessed = m.time(times + 8);
  create.modified = m.time(times + 16);
  create.changed = m.time(times + 24);
  create.size = m.u64(size);
  // Servers use identifiers again, and not only a CLOSE that was seen ends a file: the end of its tree does, too.
  connection.closeFile(fuid);
  connection.names.set(fuid, create.filename);
}
