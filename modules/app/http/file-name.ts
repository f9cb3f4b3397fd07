/** Names of files: from Content-Disposition (RFC 6266), otherwise from the path of the request. */

import { fromLatin1, latin1, trimAscii } from '../../../engine/latin1.js';
import { copy } from './bytes.js';
import type { HttpEvent } from './events.js';

/** Bytes of a name that are kept. */
const MAX_NAME_LENGTH = 65535;

export const FileName = {
  /** The `filename` parameter of a Content-Disposition, or undefined. */
  fromDisposition(value: Uint8Array): Uint8Array | undefined {
    const match = /(?:^|[;\s])filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))/i.exec(latin1(value));
    if (!match) return undefined;
    const name = trimAscii(match[1] !== undefined ? match[1].replace(/\\(.)/g, '$1') : match[2]!);
    return name === '' ? undefined : fromLatin1(name);
  },

  /** The name, cut to the maximum length. */
  bounded(name: Uint8Array, report: (event: HttpEvent) => void): Uint8Array {
    if (name.length <= MAX_NAME_LENGTH) return copy(name);
    report('file_name_too_long');
    return name.slice(0, MAX_NAME_LENGTH);
  },
};
