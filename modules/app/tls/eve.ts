/** The EVE record of a TLS handshake. */
import { latin1 } from '../../../engine/latin1.js';
import type { Certificate } from './certificate.js';
import type { Fingerprint } from './fingerprint.js';
import { type Hello, isGrease } from './hello.js';
import type { Peer, TlsTransaction } from './transaction.js';
import { versionName } from './version.js';

type Json = Record<string, unknown>;

/** @param members names of members, as in `custom` of the outputs; those without a value are omitted */
export function tlsRecord(transaction: TlsTransaction, members: ReadonlySet<string>): Json {
  const { client, server } = transaction;
  const { certificate } = server;
  const record: Json = {};
  const add = (name: string, member: string, value: unknown): void => {
    if (value !== undefined && members.has(name)) record[member] = value;
  };
  if (transaction.fromProtocol !== undefined) record['from_proto'] = transaction.fromProtocol;
  add('subject', 'subject', certificate?.subject);
  add('issuer', 'issuerdn', certificate?.issuer);
  add('session_resumed', 'session_resumed', transaction.resumed || undefined);
  add('serial', 'serial', certificate?.serial);
  add('fingerprint', 'fingerprint', certificate?.fingerprint);
  add('sni', 'sni', serverName(client.hello));
  add('version', 'version', versionName(versionOf(transaction)));
  add('not_before', 'notbefore', certificate && isoTime(certificate.notBefore));
  add('not_after', 'notafter', certificate && isoTime(certificate.notAfter));
  add('subjectaltname', 'subjectaltname', listed(certificate?.alternativeNames));
  if (members.has('certificate')) add('certificate', 'certificate', firstOf(server));
  if (members.has('chain')) add('chain', 'chain', chainOf(server));
  if (members.has('ja3')) add('ja3', 'ja3', fingerprintJson(transaction.ja3));
  if (members.has('ja3s')) add('ja3s', 'ja3s', fingerprintJson(transaction.ja3s));
  if (members.has('ja4')) add('ja4', 'ja4', transaction.ja4);
  add('client_alpns', 'client_alpns', listed(client.hello?.alpn.map(each => latin1(each))));
  add('server_alpns', 'server_alpns', listed(server.hello?.alpn.map(each => latin1(each))));
  add('client_handshake', 'client_handshake', client.hello && clientHandshake(client.hello));
  add('server_handshake', 'server_handshake', server.hello && serverHandshake(server.hello, transaction));
  const ofClient = clientMembers(client, members);
  if (Object.keys(ofClient).length > 0) record['client'] = ofClient;
  return record;
}

/** Members of the client's own certificate. */
function clientMembers(client: Peer, members: ReadonlySet<string>): Json {
  return {
    ...(members.has('client') && client.certificate && certificateJson(client.certificate)),
    ...(members.has('client_certificate') && client.chain.length > 0 && { certificate: firstOf(client) }),
    ...(members.has('client_chain') && client.chain.length > 0 && { chain: chainOf(client) }),
  };
}

function certificateJson(certificate: Certificate): Json {
  const names = listed(certificate.alternativeNames);
  return {
    subject: certificate.subject,
    issuerdn: certificate.issuer,
    fingerprint: certificate.fingerprint,
    serial: certificate.serial,
    notbefore: isoTime(certificate.notBefore),
    notafter: isoTime(certificate.notAfter),
    ...(names && { subjectaltname: names }),
  };
}

/** The negotiated version; until the server answers, the newest one that is offered. */
function versionOf({ client, server, version }: TlsTransaction): number {
  return client.hello && !server.hello && server.chain.length === 0 ? newestOffered(client.hello) : version;
}

function newestOffered({ versions, legacyVersion }: Hello): number {
  const offered = real(versions);
  return offered.length > 0 ? Math.max(...offered) : legacyVersion;
}

const real = (list: readonly number[]): number[] => list.filter(value => !isGrease(value));

/** The inputs of fingerprints. */
function clientHandshake(hello: Hello): Json {
  return {
    version: versionName(newestOffered(hello)),
    ciphers: real(hello.ciphers),
    exts: real(hello.extensions),
    sig_algs: real(hello.signatureAlgorithms),
  };
}

function serverHandshake(hello: Hello, { version }: TlsTransaction): Json {
  return { version: versionName(version), cipher: hello.ciphers[0], exts: hello.extensions };
}

const firstOf = ({ chain }: Peer): string | undefined => chain[0] && base64(chain[0]);
const chainOf = ({ chain }: Peer): string[] | undefined => listed(chain.map(base64));

const serverName = (hello: Hello | undefined): string | undefined =>
  hello?.serverName && hello.serverName.length > 0 ? latin1(hello.serverName) : undefined;

const fingerprintJson = (value: Fingerprint | undefined): Json | undefined =>
  value && { hash: value.hash, string: value.text };

const listed = <T>(list: readonly T[] | undefined): T[] | undefined =>
  list && list.length > 0 ? [...list] : undefined;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** `2014-04-09T11:33:42` */
const isoTime = (seconds: number): string | undefined =>
  Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString().slice(0, 19) : undefined;
