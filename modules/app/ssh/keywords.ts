/** Keywords of SSH. */
import { type BufferDeclaration, MD5_TEXT, type TestDeclaration } from '../../../engine/protocol.js';
import { BANNER_DONE, KEXINIT_DONE, type Peer, type SshTransaction } from './transaction.js';

type Buffer_ = BufferDeclaration<SshTransaction>;

function bannerBuffer(keyword: string, summary: string, of: (peer: Peer) => Uint8Array | undefined): Buffer_ {
  return {
    keyword,
    aliases: [keyword.replace('.', '_')],
    direction: 'either',
    progress: BANNER_DONE,
    summary,
    get: (transaction, toServer) => of(transaction.peer(toServer)),
  };
}

function keysBuffer(keyword: string, toServer: boolean, summary: string, part: 'hash' | 'text'): Buffer_ {
  return {
    keyword,
    aliases: [keyword.replaceAll('.', '-')],
    direction: toServer ? 'to_server' : 'to_client',
    progress: KEXINIT_DONE,
    summary,
    ...(part === 'hash' && { form: MD5_TEXT }),
    switch: HASSH_SWITCH,
    get(transaction) {
      const hassh = transaction.peer(toServer).hassh;
      return hassh && Buffer.from(hassh[part], 'latin1');
    },
  };
}

/** Path of the option that enables HASSH fingerprints. */
export const HASSH_SWITCH = 'app-layer.protocols.ssh.hassh';

export const BUFFERS: readonly Buffer_[] = [
  bannerBuffer('ssh.proto', 'Protocol version in the banner.', ({ protocol }) => protocol),
  bannerBuffer('ssh.software', 'Software in the banner.', ({ software }) => software),
  keysBuffer('ssh.hassh', true, 'HASSH fingerprint (MD5) of the client.', 'hash'),
  keysBuffer('ssh.hassh.string', true, 'HASSH string of the client.', 'text'),
  keysBuffer('ssh.hassh.server', false, 'HASSH fingerprint (MD5) of the server.', 'hash'),
  keysBuffer('ssh.hassh.server.string', false, 'HASSH string of the server.', 'text'),
];

const latin1 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');

/** Version numbers of SSH 2 (RFC 4253 5.1). */
const SECOND = ['2', '2.0', '1.99'];

export const TESTS: readonly TestDeclaration<SshTransaction>[] = [
  {
    keyword: 'ssh.protoversion',
    direction: 'either',
    progress: BANNER_DONE,
    summary: 'Protocol version in the banner; 2_compat: any banner compatible with version 2.',
    grammar: 'version | 2_compat',
    parse(argument) {
      const version = (argument ?? '').trim().replace(/^"(.*)"$/, '$1');
      if (!/^(2_compat|\d+(\.\d+)?)$/.test(version))
        throw new Error(`"${version}": expected a version such as 2.0 or 2_compat`);
      return version;
    },
    matches(transaction, toServer, parsed) {
      const version = latin1(transaction.peer(toServer).protocol);
      return parsed === '2_compat' ? SECOND.includes(version) : version === parsed;
    },
  },
  {
    keyword: 'ssh.softwareversion',
    direction: 'either',
    progress: BANNER_DONE,
    summary: 'Text contained in the software of the banner.',
    grammar: 'text',
    parse(argument) {
      const text = (argument ?? '').trim().replace(/^"(.*)"$/, '$1');
      if (text === '') throw new Error('expected a string');
      return text.toLowerCase();
    },
    matches: (transaction, toServer, parsed) =>
      latin1(transaction.peer(toServer).software)
        .toLowerCase()
        .includes(parsed as string),
  },
];
