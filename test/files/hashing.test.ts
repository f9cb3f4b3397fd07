/** `--disable-hashing` disables everything that needs digests. */
import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../engine/cli/command-line/arguments.js';
import { Config } from '../../engine/config/config.js';
import { fileSettings } from '../../engine/files/file-settings.js';
import http from '../../modules/app/http.js';
import { loadRuleText } from '../../signatures/load-rules.js';

const OUTPUTS = {
  outputs: [
    { 'file-store': { enabled: true, version: 2, 'force-hash': ['sha1'] } },
    { 'eve-log': { enabled: true, types: [{ files: { 'force-hash': ['md5'] } }] } },
  ],
};

describe('disable-hashing', () => {
  it('computes no digests, and stores no files', () => {
    expect(fileSettings(new Config(OUTPUTS))).toMatchObject({ md5: true, sha1: true, mayStore: true });
    expect(fileSettings(new Config({ ...OUTPUTS, 'disable-hashing': true }))).toMatchObject({
      md5: false,
      sha1: false,
      sha256: false,
      mayStore: false,
    });
  });

  it.each(['http.uri; to_md5; content:"a";', 'http.uri; to_sha256; content:"a";'])('rejects %s', options => {
    const rule = `alert http any any -> any any (${options} sid:1;)`;
    const errors = (off: boolean) =>
      loadRuleText(rule, 'a.rules', {
        config: new Config({ 'disable-hashing': off }),
        protocols: [http],
      }).errors.map(({ message }) => message);
    expect(errors(true).join()).toContain('needs hashing, which is disabled');
    expect(errors(false).join()).not.toContain('hashing');
  });

  it('disables fingerprints on the command line', () => {
    const sets = settingsOf({ disableHashing: true });
    expect(sets).toContain('disable-hashing=yes');
    expect(sets).toContain('app-layer.protocols.tls.ja3-fingerprints=no');
  });
});
