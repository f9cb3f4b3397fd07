/** Opening of files: what a client requests, and the attributes returned, in both versions. */
import type { Connection } from './connection.js';
import type { Fields } from './fields.js';
import type { Create } from './transaction.js';

const [DIRECTORY_FILE, DELETE_ON_CLOSE] = [0x1, 0x1000];

/** A request to open a file. @param options and `disposition` as in NtCreateFile (MS-SMB2 2.2.13) */
export function requestedFile(filename: string, options: number, disposition: number): Create {
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

/** A file was opened. @param times offset of its four times in the response; `size` likewise */
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
  // Servers reuse identifiers, and a file is closed not only by a CLOSE that was seen, but also by the end of its tree.
  connection.closeFile(fuid);
  connection.names.set(fuid, create.filename);
}
