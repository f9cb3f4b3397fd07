/** suricata.tls: the current TLS handshake. */
import type { LuaArray } from '../../../engine/lua.js';
import type { LibraryMaker } from '../context.js';
import { CurrentTransaction, recordText, transactionLibrary } from '../transaction.js';

type Certificate = Readonly<Record<string, unknown>>;

/** Seconds since 1970 of a record's timestamp, which is in UTC. */
function seconds(text: unknown): number | undefined {
  const time = Date.parse(`${text}Z`);
  return Number.isNaN(time) ? undefined : time / 1000;
}

export const tlsLibrary: LibraryMaker = context => {
  const tx = new CurrentTransaction(context, ['tls']);
  const server = (): Certificate => tx.record('tls');
  const client = (): Certificate => (tx.record('tls')['client'] as Certificate | undefined) ?? {};
  const chain = (toServer: boolean) => (): LuaArray => {
    const list = tx.texts('tls.certs', toServer).map(data => ({ data, length: data.length }));
    return list.length > 0 ? [list] : [undefined, 'no certificate'];
  };
  const info = (of: () => Certificate) => (): LuaArray => {
    const { subject, issuerdn, fingerprint } = of();
    return [server()['version'], subject, issuerdn, fingerprint].map(recordText);
  };
  const time = (of: () => Certificate, name: string) => (): LuaArray => [seconds(of()[name])];
  const text = (of: () => Certificate, name: string) => (): LuaArray => [recordText(of()[name])];
  return transactionLibrary('suricata.tls', tx, {
    get_client_version: text(server, 'version'),
    get_server_version: text(server, 'version'),
    get_client_cert_chain: chain(true),
    get_client_cert_info: info(client),
    get_client_cert_not_after: time(client, 'notafter'),
    get_client_cert_not_before: time(client, 'notbefore'),
    get_client_serial: text(client, 'serial'),
    get_sni: () => [tx.bytes('tls.sni', true)],
    get_client_sni: () => [tx.bytes('tls.sni', true)],
    get_server_cert_chain: chain(false),
    get_server_cert_info: info(server),
    get_server_cert_not_after: time(server, 'notafter'),
    get_server_cert_not_before: time(server, 'notbefore'),
    get_server_serial: text(server, 'serial'),
  });
};
