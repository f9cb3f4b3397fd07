/** Keywords of SMB, including those of DCE/RPC and of files. */
import { fileBuffers, fileData, fileTests } from '../../../engine/files/file-keywords.js';
import type { BufferDeclaration, TestDeclaration } from '../../../engine/protocol.js';
import { dceBuffers, dceTests } from '../dcerpc/keywords.js';
import { COMPLETE, type SmbTransaction } from './transaction.js';

type Buffer_ = BufferDeclaration<SmbTransaction>;

function text(
  keyword: string,
  summary: string,
  of: (transaction: SmbTransaction) => string | undefined,
  aliases: readonly string[] = [],
): Buffer_ {
  return {
    keyword,
    aliases,
    summary,
    direction: 'to_server',
    progress: COMPLETE,
    get(transaction) {
      const found = of(transaction);
      return found === undefined ? undefined : Buffer.from(found, 'latin1');
    },
  };
}

const AT = { direction: 'either', begun: 0, closed: COMPLETE } as const;
const callOf = ({ detail }: SmbTransaction) => detail.call;

export const BUFFERS: readonly Buffer_[] = [
  text(
    'smb.named_pipe',
    'Name of a pipe share in a tree connect.',
    ({ detail: { tree } }) => (tree?.isPipe ? tree.share : undefined),
    ['smb_named_pipe'],
  ),
  text(
    'smb.share',
    'Name of a share in a tree connect.',
    // A request of version 2 does not indicate the type of the share.
    ({ version, detail: { tree } }) => (tree && (version === 2 || !tree.isPipe) ? tree.share : undefined),
    ['smb_share'],
  ),
  text('smb.ntlmssp_user', 'User that logs in.', ({ detail }) => detail.setup?.ntlm?.user),
  text('smb.ntlmssp_domain', 'Domain of the user that logs in.', ({ detail }) => detail.setup?.ntlm?.domain),
  fileData(COMPLETE, ({ body, bodyToServer }, toServer) =>
    toServer === bodyToServer ? body?.store.view() : undefined,
  ),
  ...(fileBuffers(AT) as Buffer_[]),
  ...dceBuffers(callOf, { progress: COMPLETE }),
];

export const TESTS: readonly TestDeclaration<SmbTransaction>[] = [
  {
    keyword: 'smb.version',
    direction: 'either',
    progress: 0,
    single: true,
    summary: 'Protocol version: 1 or 2.',
    grammar: '1 | 2',
    parse(argument) {
      const version = (argument ?? '').trim();
      if (version !== '1' && version !== '2') throw new Error('expected 1 or 2');
      return Number(version);
    },
    matches: ({ version }, _, parsed) => version === parsed,
  },
  ...(fileTests(AT) as TestDeclaration<SmbTransaction>[]),
  ...dceTests(callOf, { progress: COMPLETE }),
];
