/** The target of a request: its URI, and the header fields that refer to it. */

import { latin1 } from '../../../engine/latin1.js';
import { readAuthorization } from './authorization.js';
import type { Connection } from './connection.js';
import { HTTP_1_1, type HttpTransaction } from './transaction.js';
import { type Host, normalizeUri, parseHost, parseUri } from './uri.js';

export function readUri(connection: Connection, transaction: HttpTransaction): void {
  const { request } = transaction;
  if (!request.rawUri) return;
  const tunnel = latin1(request.method) === 'CONNECT';
  request.uri = parseUri(request.rawUri, tunnel);
  const { doublePath, doubleQuery } = connection.server;
  if ((doublePath || doubleQuery) && normalizeUri(request.uri, connection.server).doubled)
    connection.report(transaction, 'double_encoded_uri');
  const { host } = request.uri;
  if (!host) return;
  request.hostname = host.name;
  request.port = host.port;
  if (!host.validName) connection.report(transaction, 'request_uri_host_invalid');
  if (!host.validPort) connection.report(transaction, 'invalid_authority_port');
}

/** @param whole whether the header is complete */
export function useHeaders(connection: Connection, transaction: HttpTransaction, whole: boolean): void {
  const { request } = transaction;
  const { headers } = request;
  const report = connection.report.bind(connection, transaction);
  const field = headers!.value('host');
  if (field) useHost(connection, transaction, parseHost(field));
  else if (whole && request.version >= HTTP_1_1) report('missing_host_header');
  if (headers!.find('authorization')) readAuthorization(headers!.value('authorization')!, report);
}

/** The host of the URI takes precedence; without one, that of the header is used. */
function useHost(connection: Connection, transaction: HttpTransaction, host: Host): void {
  const { request } = transaction;
  if (!host.validName) connection.report(transaction, 'request_header_host_invalid');
  if (!host.validPort) connection.report(transaction, 'invalid_server_port_in_request');
  if (request.hostname === undefined) {
    request.hostname = host.name;
    request.port = host.port;
  } else if (
    latin1(request.hostname) !== latin1(host.name) ||
    (request.port >= 0 && host.port >= 0 && request.port !== host.port)
  ) {
    connection.report(transaction, 'host_header_ambiguous');
  }
  const { serverPort } = connection.session.endpoints;
  if (request.port >= 0 && serverPort > 0 && request.port !== serverPort)
    connection.report(transaction, 'request_server_port_tcp_port_mismatch');
}
