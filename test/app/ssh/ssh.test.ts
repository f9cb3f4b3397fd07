import { describe, expect, it } from 'vitest';
import { Config } from '../../../engine/config/config.js';
import ssh from '../../../modules/app/ssh.js';
import { hookPoint } from '../../../signatures/hook-point.js';
import { loadRuleText } from '../../../signatures/load-rules.js';
import { Feed, type FeedOptions } from '../../application/feed.js';

const LISTS = ['kex-a,kex-b', 'ssh-ed25519', 'enc-cs', 'enc-sc', 'mac-cs', 'mac-sc', 'none', 'zlib', '', ''];
const SHOWN = { 'app-layer': { protocols: { ssh: { hassh: 'yes' } } } };

function record(message: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32BE(payload.length + 2);
  head[4] = 0;
  head[5] = message;
  return Buffer.concat([head, payload]);
}

function kexinit(lists = LISTS): Buffer {
  const fields = lists.map(list => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(list.length);
    return Buffer.concat([length, Buffer.from(list)]);
  });
  return record(20, Buffer.concat([Buffer.alloc(16), ...fields, Buffer.alloc(5)]));
}

const CLIENT = Buffer.concat([Buffer.from('SSH-2.0-Client_1.0 comment\r\n'), kexinit(), record(21)]);
const SERVER = Buffer.concat([Buffer.from('SSH-1.99-Server_2\n'), kexinit(), record(21)]);

function fed(client: string | Uint8Array, server: string | Uint8Array, options: FeedOptions = {}): Feed {
  return new Feed([ssh], { serverPort: 22, ...options }).client(client).server(server).end();
}

describe('ssh', () => {
  it('logs banners', () => {
    expect(fed('SSH-2.0-Client_1.0 comment\r\n', 'SSH-2.0-Server\n').records).toEqual([
      {
        ssh: {
          client: { proto_version: '2.0', software_version: 'Client_1.0' },
          server: { proto_version: '2.0', software_version: 'Server' },
        },
      },
    ]);
  });

  it('logs what both sides offer', () => {
    const [{ ssh: logged }] = fed(CLIENT, SERVER, { config: SHOWN }).records as [any];
    expect(logged.client.hassh.string).toBe('kex-a,kex-b;enc-cs;mac-cs;none');
    expect(logged.server.hassh.string).toBe('kex-a,kex-b;enc-sc;mac-sc;zlib');
    expect(logged.client.hassh.hash).toMatch(/^[0-9a-f]{32}$/);
    expect(logged.server.proto_version).toBe('1.99');
  });

  it('logs what a side offers first', () => {
    const twice = Buffer.concat([
      Buffer.from('SSH-2.0-x\r\n'),
      kexinit(),
      kexinit(LISTS.map(() => 'other')),
      record(21),
    ]);
    const [{ ssh: logged }] = fed(twice, SERVER, { config: SHOWN }).records as [any];
    expect(logged.client.hassh.string).toBe('kex-a,kex-b;enc-cs;mac-cs;none');
  });

  it.each(['auto', 'no'])('gives rules a hash of the offers unless disabled: %s', hassh => {
    const config = new Config({ 'app-layer': { protocols: { ssh: { hassh } } } });
    const rule = 'alert ssh any any -> any any (ssh.hassh.string; content:"kex-a"; sid:1;)';
    const { errors } = loadRuleText(rule, 'x.rules', { config, protocols: [ssh] });
    expect(errors.length).toBe(hassh === 'no' ? 1 : 0);
  });

  it('has hooks by the names of its states, and the generic ones', () => {
    const at = (hook: string) => hookPoint(ssh, hook)?.progress;
    expect(['request_in_progress', 'request_started', 'response_in_progress'].map(at)).toEqual([0, 0, 0]);
    expect(['request_banner_done', 'request_finished', 'request_complete'].map(at)).toEqual([2, 4, 4]);
  });

  it('logs the same with any segmentation', () => {
    const whole = fed(CLIENT, SERVER, { config: SHOWN }).records;
    const feed = new Feed([ssh], { serverPort: 22, config: SHOWN });
    feed.pieces(true, CLIENT, () => 1).pieces(false, SERVER, () => 1);
    expect(feed.end().records).toEqual(whole);
  });

  it('accepts SSH 1 without an error, and does not parse its packets', () => {
    const packets = Buffer.alloc(40, 0xff);
    const client = Buffer.concat([Buffer.from('SSH-1.5-OpenSSH_6.2\n'), packets]);
    const feed = fed(client, Buffer.concat([Buffer.from('SSH-1.99-OpenSSH_5.3\n'), packets]));
    expect(feed.events).toContain('invalid_record');
    expect(feed.thread.counters.read('app_layer.error.ssh.parser')).toBe(0);
  });

  it('does not parse encrypted data', () => {
    const noise = Buffer.alloc(1000, 0xff);
    const feed = fed(Buffer.concat([CLIENT, noise]), Buffer.concat([SERVER, noise]));
    expect(feed.events).toEqual([]);
    expect(feed.thread.counters.read('app_layer.error.ssh.parser')).toBe(0);
  });

  it.each([
    ['a banner without an end', `SSH-2.0-${'x'.repeat(300)}\r\n`, 'long_banner'],
    ['an invalid banner', 'SSH-nothing\r\n', 'invalid_banner'],
    ['a record that is too short', Buffer.from('SSH-2.0-x\r\n\0\0\0\x01\0\0'), 'invalid_record'],
    ['truncated lists', Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), kexinit(['a'])]), 'invalid_record'],
    [
      'lists that are far too long',
      Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), record(20, Buffer.alloc(70_000))]),
      'long_kex_record',
    ],
  ])('reports %s', (_, client, event) => {
    expect(fed(client, '').events).toContain(event);
  });

  it.each([
    ['lines', 'Hello\r\n\n hi\n'],
    ['a line that is longer than a banner', `${'x'.repeat(300)}\n`],
    ['as many lines as clients read', '\n'.repeat(1023)],
  ])('continues behind %s sent by a server before its banner', (_, lines) => {
    const server = Buffer.concat([Buffer.from(lines), SERVER]);
    const feed = fed(CLIENT, server, { config: SHOWN });
    expect(feed.events).toEqual(['invalid_banner']);
    expect(feed.records).toEqual(fed(CLIENT, SERVER, { config: SHOWN }).records);
    expect(feed.thread.counters.read('app_layer.error.ssh.parser')).toBe(0);
  });

  it.each([
    ['other data of a client than a banner', 'SSH-x\r\nSSH-2.0-x\r\n', 'SSH-2.0-y\r\n'],
    ['endless lines of a server', 'SSH-2.0-x\r\n', `${'\n'.repeat(1024)}SSH-2.0-y\r\n`],
  ])('stops parsing at %s', (_, client, server) => {
    const feed = fed(client, server);
    expect(feed.events).toEqual(['invalid_banner']);
    expect(feed.thread.counters.read('app_layer.error.ssh.parser')).toBe(1);
  });

  it('logs no software if a banner has none', () => {
    const feed = fed('SSH-2.0-\r\n', 'SSH-2.0-x\r\n');
    expect(feed.records).toMatchObject([{ ssh: { client: { proto_version: '2.0' } } }]);
    expect(feed.records[0]).not.toHaveProperty('ssh.client.software_version');
  });

  it('compares versions', () => {
    const transaction = fed(CLIENT, SERVER).transactions[0] as never;
    const [version, software] = ssh.tests as [(typeof ssh.tests)[0], (typeof ssh.tests)[0]];
    expect(version.matches(transaction, true, version.parse('2.0'))).toBe(true);
    expect(version.matches(transaction, false, version.parse('2_compat'))).toBe(true);
    expect(version.matches(transaction, false, version.parse('"2.0"'))).toBe(false);
    expect(() => version.parse('two')).toThrow('expected a version');
    expect(software.matches(transaction, true, software.parse('"client"'))).toBe(true);
  });
});
