/** The EVE record of a connection. */
import { bytesText, latin1Text } from '../../../engine/record/bytes-text.js';
import type { Peer, SshTransaction } from './transaction.js';

/** @param hassh whether fingerprints are logged  @returns empty if nothing is known */
export function sshRecord({ client, server }: SshTransaction, hassh: boolean): string {
  const record = {
    ...(client.protocol && { client: peerJson(client, hassh) }),
    ...(server.protocol && { server: peerJson(server, hassh) }),
  };
  return Object.keys(record).length === 0 ? '' : `"ssh":${JSON.stringify(record)}`;
}

function peerJson({ protocol, software, hassh }: Peer, withHassh: boolean): object {
  return {
    proto_version: text(protocol),
    ...(software && software.length > 0 && { software_version: text(software) }),
    ...(withHassh && hassh && { hassh: { hash: hassh.hash, string: latin1Text(hassh.text) } }),
  };
}

function text(bytes: Uint8Array | undefined): string {
  return bytes ? bytesText(bytes) : '';
}
