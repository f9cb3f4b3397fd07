/** suricata.file: the file being logged. */
import type { LuaLibrary } from '../../engine/lua.js';
import { objectLibrary } from '../../signatures/lua/context.js';

/** `fileinfo` of the event. */
export interface FileRecord {
  readonly file_id?: number;
  readonly tx_id?: number;
  readonly filename?: string;
  readonly size?: number;
  readonly magic?: string;
  readonly md5?: string;
  readonly sha1?: string;
  readonly sha256?: string;
  readonly state?: string;
  readonly stored?: boolean;
}

/** @param file returns the current file */
export function fileLibrary(file: () => FileRecord | undefined): LuaLibrary {
  const text = (value: string | undefined) =>
    value === undefined ? undefined : Buffer.from(value).toString('latin1');
  return objectLibrary('suricata.file', 'get_file', () => (file() ? undefined : 'no file'), {
    file_id: () => [file()?.file_id ?? 0],
    tx_id: () => [file()?.tx_id],
    name: () => [text(file()?.filename)],
    size: () => [file()?.size],
    magic: () => [text(file()?.magic)],
    md5: () => [file()?.md5],
    sha1: () => [file()?.sha1],
    sha256: () => [file()?.sha256],
    get_state: () => [file()?.state],
    is_stored: () => [file()?.stored === true],
  });
}
