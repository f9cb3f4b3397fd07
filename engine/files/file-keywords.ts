/**
 * Keywords of all protocols with files: add these to the declaration of a protocol whose transactions have `files`,
 * with the progress at which a file's name is known, and at which the file is complete.
 */
import { lowerAscii } from '../latin1.js';
import type { BufferDeclaration, TestDeclaration, Transaction } from '../protocol.js';
import type { FileProgress } from './file-progress.js';
import { digestTest } from './keywords/digest.js';
import { sizeTest } from './keywords/size.js';
import { textTest } from './keywords/text.js';
import type { TrackedFile } from './tracked-file.js';

/** `file.data`. @param progress at which contents are first available */
export function fileData<T extends Transaction>(
  progress: number,
  get: BufferDeclaration<T>['get'],
): BufferDeclaration<T> {
  return {
    keyword: 'file.data',
    aliases: ['file_data'],
    direction: 'either',
    progress,
    shared: true,
    growing: true,
    summary: 'Content of files.',
    get,
  };
}

/** `file.name` and `file.magic`. */
export function fileBuffers({ direction, begun }: FileProgress): BufferDeclaration<Transaction>[] {
  return [
    {
      keyword: 'file.name',
      aliases: ['file_name'],
      direction,
      progress: begun,
      multiple: true,
      growing: true,
      whole: true,
      shared: true,
      summary: 'Name of a file.',
      get: (transaction, toServer, index) => fileAt(transaction, toServer, index)?.name,
    },
    {
      keyword: 'file.magic',
      aliases: ['file_magic'],
      direction,
      progress: begun,
      multiple: true,
      growing: true,
      whole: true,
      shared: true,
      summary: 'Type of a file as determined by libmagic, in the words of file(1).',
      get(transaction, toServer, index) {
        const file = fileAt(transaction, toServer, index);
        const magic = file?.isMagicKnown ? file.magic : undefined;
        return magic === undefined ? undefined : Buffer.from(magic, 'latin1');
      },
    },
  ];
}

/** `filename fileext filemagic filesize filemd5 filesha1 filesha256`. */
export function fileTests(at: FileProgress): TestDeclaration<Transaction>[] {
  return [
    textTest('filename', 'Text contained in the name of a file.', at, (file, wanted) =>
      lowerAscii(file.nameText).includes(wanted),
    ),
    textTest('fileext', 'Extension of the file name.', at, (file, wanted) =>
      lowerAscii(file.nameText).endsWith(`.${wanted}`),
    ),
    textTest('filemagic', 'Text contained in the file type as determined by libmagic.', at, (file, wanted) =>
      // Suricata matches including the terminating zero of libmagic's text.
      file.isMagicKnown ? lowerAscii(`${file.magic ?? ''}\0`).includes(wanted) : undefined,
    ),
    sizeTest(at),
    digestTest('filemd5', 'md5', 32, at),
    digestTest('filesha1', 'sha1', 40, at),
    digestTest('filesha256', 'sha256', 64, at),
  ];
}

function fileAt(transaction: Transaction, toServer: boolean, index: number): TrackedFile | undefined {
  if (transaction.files === undefined) return undefined;
  let left = index + (transaction.skippedFiles ?? 0);
  for (const file of transaction.files) {
    if (file.toServer === toServer && left-- === 0) return file;
  }
  return undefined;
}
