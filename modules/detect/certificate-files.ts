/** The certificate store (output `tls-store`): a file with the chain, and one with details about where it was seen. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fullAddressText } from '../../engine/address.js';
import type { ApplicationLayer } from '../../engine/application-layer.js';
import type { CertificateChain } from '../../engine/certificate-chain.js';
import type { Config } from '../../engine/config/config.js';
import { boolean, option, text } from '../../engine/config/option.js';
import { logFolder, logPath, outputEntries } from '../../engine/config/output-list.js';
import * as Flow from '../../engine/flow/flow-record.js';
import { makeFolder } from '../../engine/make-folder.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import type { Transaction } from '../../engine/protocol.js';
import { printableField } from '../../engine/record/line-format.js';
import type { Inspection } from '../../signatures/inspection.js';
import type { CertificateStore } from '../../signatures/keywords/tls-store.js';

const STORE = 'outputs.*.tls-store.';
const ENABLED = option(
  `${STORE}enabled`,
  boolean,
  true,
  'store the certificates selected by rules with tls.store',
);
const FOLDER = option(
  `${STORE}certs-log-dir`,
  text,
  '',
  'folder of the certificate store; empty: the log folder',
);

export const CERTIFICATE_OPTIONS = [ENABLED, FOLDER];

/** Folder of the certificates; undefined when no output stores them. */
export function certificateFolder(config: Config): string | undefined {
  const settings = outputEntries(config, 'tls-store')[0];
  if (!settings) return undefined;
  const folder = settings.read({ ...FOLDER, path: 'certs-log-dir' });
  return folder === '' ? config.read(logFolder) : logPath(config, folder);
}

export class CertificateFiles implements CertificateStore {
  /** Transactions whose certificates were stored, by whether they are the client's. */
  private readonly kept = { client: new WeakSet<Transaction>(), server: new WeakSet<Transaction>() };
  private readonly failed: number;
  private next = 1;

  /** @param layer provides the flow's transaction for rules without one */
  constructor(
    private readonly thread: Thread,
    private readonly folder: string,
    private readonly layer?: Pick<ApplicationLayer, 'sessionOf'>,
  ) {
    this.failed = thread.counters.declare('tls_store.fs_errors');
  }

  keep({ transaction: current, toServer, p, f, flow }: Inspection): void {
    const transaction = current ?? (flow >= 0 ? this.layer?.sessionOf(flow)?.transactions[0] : undefined);
    const ofClient = toServer ? transaction?.certificates?.(true) : undefined;
    const certificates = ofClient ?? transaction?.certificates?.(false);
    const kept = ofClient ? this.kept.client : this.kept.server;
    if (!transaction || !certificates || kept.has(transaction)) return;
    kept.add(transaction);
    const { row } = this.thread.memory;
    const microseconds = Math.trunc(row[p + Packet.NANOSECONDS]! / 1000);
    const name = `${Packet.secondsOf(row, p)}.${microseconds}-${this.thread.index * NAMES_OF_A_THREAD + this.next++}`;
    try {
      makeFolder(this.folder);
      writeFileSync(join(this.folder, `${name}.pem`), certificates.chain.map(pem).join(''));
      writeFileSync(
        join(this.folder, `${name}.meta`),
        this.description(p, f, ofClient !== undefined, certificates),
      );
    } catch (error) {
      this.thread.counters.values[this.failed]!++;
      this.thread.warnOnce(`a certificate could not be stored: ${(error as Error).message}`);
    }
  }

  private description(
    p: number,
    f: number,
    ofClient: boolean,
    { subject, issuer, fingerprint }: CertificateChain,
  ): string {
    const { memory, flows } = this.thread;
    const client = [Flow.CLIENT_ADDRESS, Flow.CLIENT_PORT] as const;
    const server = [Flow.SERVER_ADDRESS, Flow.SERVER_PORT] as const;
    const [from, to] = ofClient ? [client, server] : [server, client];
    const version = flows.row[f + Flow.IP_VERSION]!;
    const lines = [
      ['TIME', timeText(Packet.secondsOf(memory.row, p), memory.row[p + Packet.NANOSECONDS]!)],
      ['SRC IP', fullAddressText(flows.bytes, (f + from[0]) * 4, version)],
      ['DST IP', fullAddressText(flows.bytes, (f + to[0]) * 4, version)],
      ['PROTO', flows.row[f + Flow.PROTOCOL]],
      ['SRC PORT', flows.row[f + from[1]]],
      ['DST PORT', flows.row[f + to[1]]],
      ['TLS SUBJECT', onOneLine(subject)],
      ['TLS ISSUERDN', onOneLine(issuer)],
      ['TLS FINGERPRINT', fingerprint],
    ];
    return lines.map(([name, value]) => `${`${name}:`.padEnd(19)}${value}\n`).join('');
  }
}

/** Removes line breaks: the issuer of a certificate must not add lines. */
function onOneLine(name: string): string {
  return name.replace(/\p{Cc}/gu, printableField);
}

/** Keeps the file numbers of different threads apart. */
const NAMES_OF_A_THREAD = 1e9;

/** RFC 7468. */
function pem(certificate: Uint8Array): string {
  const lines =
    Buffer.from(certificate)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** `03/06/2015-19:12:22.421330`, UTC. */
function timeText(seconds: number, nanoseconds: number): string {
  const [date = '', time = ''] = new Date(seconds * 1000).toISOString().slice(0, 19).split('T');
  const [year, month, day] = date.split('-');
  const microseconds = String(Math.trunc(nanoseconds / 1000)).padStart(6, '0');
  return `${month}/${day}/${year}-${time}.${microseconds}`;
}
