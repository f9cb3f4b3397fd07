import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as Flow from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import { CertificateFiles } from '../../modules/detect/certificate-files.js';
import type { Inspection } from '../../signatures/inspection.js';
import { stubThread } from '../thread-stub.js';

it('keeps the certificates of a transaction once, with their attributes', () => {
  const thread = stubThread({});
  const folder = join(mkdtempSync(join(tmpdir(), 'certificates-')), 'new');
  thread.memory.row[Packet.SECONDS] = 1425669142;
  thread.memory.row[Packet.NANOSECONDS] = 4_330_999;
  thread.flows.row.set([0x0100000a, 0, 0, 0, 0x0200000a, 0, 0, 0, 40000, 443], 0);
  thread.flows.row[Flow.IP_VERSION] = 4;
  thread.flows.row[Flow.PROTOCOL] = 6;
  const shown = { chain: [Buffer.alloc(60, 1)], subject: 'CN=a', issuer: 'CN=b', fingerprint: '01:02' };
  const transaction = {
    certificates: (client: boolean) => (client ? undefined : shown),
  } as unknown as Inspection['transaction'];
  const files = new CertificateFiles(thread, folder);
  for (let i = 0; i < 2; i++) files.keep({ transaction, p: 0, f: 0 } as Inspection);
  expect(readdirSync(folder)).toEqual(['1425669142.4330-1.meta', '1425669142.4330-1.pem']);
  const lines = readFileSync(join(folder, '1425669142.4330-1.pem'), 'utf8').split('\n');
  expect(lines[0]).toBe('-----BEGIN CERTIFICATE-----');
  expect(lines.slice(1, -2).join('')).toBe(shown.chain[0]!.toString('base64'));
  expect(Math.max(...lines.slice(1, -2).map(line => line.length))).toBe(64);
  const meta = readFileSync(join(folder, '1425669142.4330-1.meta'), 'utf8');
  expect(meta).toContain('TIME:              03/06/2015-19:12:22.004330\n');
  expect(meta).toContain('SRC IP:            10.0.0.2\n');
  expect(meta).toContain('TLS ISSUERDN:      CN=b\n');
});

it('keeps the certificates of the client for rules that match its data', () => {
  const thread = stubThread({});
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  thread.flows.row.set([0x0100000a, 0, 0, 0, 0x0200000a, 0, 0, 0, 40000, 443], 0);
  thread.flows.row[Flow.IP_VERSION] = 4;
  const shown = (subject: string) => ({
    chain: [Buffer.alloc(60, 1)],
    subject,
    issuer: 'CN=ca',
    fingerprint: '01:02',
  });
  const certificates = (client: boolean) => shown(client ? 'CN=client' : 'CN=server');
  const transaction = { certificates } as unknown as Inspection['transaction'];
  const files = new CertificateFiles(thread, folder);
  for (const toServer of [true, false, true]) files.keep({ transaction, toServer, p: 0, f: 0 } as Inspection);
  const [ofClient, ofServer, ...others] = readdirSync(folder)
    .filter(name => name.endsWith('.meta'))
    .map(name => readFileSync(join(folder, name), 'utf8'));
  expect(others).toEqual([]);
  expect(ofClient).toContain('TLS SUBJECT:       CN=client\n');
  expect(ofClient).toContain('SRC IP:            10.0.0.1\n');
  expect(ofServer).toContain('TLS SUBJECT:       CN=server\n');
});

it('finds the certificates of the flow for rules without a transaction', () => {
  const thread = stubThread({});
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  thread.flows.row[Flow.IP_VERSION] = 4;
  const shown = { chain: [Buffer.alloc(60, 1)], subject: 'CN=a', issuer: 'CN=b', fingerprint: '01:02' };
  const transactions = [{ certificates: (client: boolean) => (client ? undefined : shown) }];
  const files = new CertificateFiles(thread, folder, { sessionOf: () => ({ transactions }) as never });
  const at = { transaction: undefined, toServer: true, p: 0, f: 0 };
  for (const flow of [-1, 0, 0]) files.keep({ ...at, flow } as Inspection);
  expect(readdirSync(folder).length).toBe(2);
});

it('writes names of certificates on one line each', () => {
  const thread = stubThread({});
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  thread.flows.row[Flow.IP_VERSION] = 4;
  const names = { subject: 'O=Café\nTLS FINGERPRINT:   02', issuer: 'CN=\r\x00b' };
  const shown = { chain: [Buffer.alloc(60, 1)], ...names, fingerprint: '01' };
  const transaction = { certificates: () => shown } as unknown as Inspection['transaction'];
  new CertificateFiles(thread, folder).keep({ transaction, p: 0, f: 0 } as Inspection);
  const meta = readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8');
  expect(meta.split('\n').slice(-4)).toEqual([
    'TLS SUBJECT:       O=Café|0A|TLS FINGERPRINT:   02',
    'TLS ISSUERDN:      CN=|0D||00|b',
    'TLS FINGERPRINT:   01',
    '',
  ]);
});
