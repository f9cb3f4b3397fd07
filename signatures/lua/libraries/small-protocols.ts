/** suricata.ssh, suricata.ntp and suricata.ja3: protocols of which scripts ask a few values. */
import type { LibraryMaker } from '../context.js';
import { TransactionInHand, transactionLibrary } from '../transaction.js';

export const sshLibrary: LibraryMaker = context => {
  const tx = new TransactionInHand(context, ['ssh']);
  return transactionLibrary('suricata.ssh', tx, {
    server_proto: () => [tx.bytes('ssh.proto', false)],
    client_proto: () => [tx.bytes('ssh.proto', true)],
    server_software: () => [tx.bytes('ssh.software', false)],
    client_software: () => [tx.bytes('ssh.software', true)],
  });
};

export const ntpLibrary: LibraryMaker = context => {
  const tx = new TransactionInHand(context, ['ntp']);
  const toServer = () => context.at?.toServer ?? true;
  return transactionLibrary('suricata.ntp', tx, {
    version: () => [tx.number('ntp.version', toServer())],
    mode: () => [tx.number('ntp.mode', toServer())],
    stratum: () => [tx.number('ntp.stratum', toServer())],
    reference_id: () => [tx.bytes('ntp.reference_id', toServer())],
  });
};

export const ja3Library: LibraryMaker = context => {
  const tx = new TransactionInHand(context, ['tls', 'quic']);
  const library = transactionLibrary('suricata.ja3', tx, {
    ja3_get_hash: () => [tx.bytes('ja3.hash', true)],
    ja3_get_string: () => [tx.bytes('ja3.string', true)],
    ja3s_get_hash: () => [tx.bytes('ja3s.hash', false)],
    ja3s_get_string: () => [tx.bytes('ja3s.string', false)],
  });
  // Fingerprints are made where rules ask for them, as a script that needs them does.
  const source = `
local module = (function(...) ${library.source} end)(...)
function module.enable_ja3() end
return module`;
  return { ...library, source };
};
