/**
 * Explanations over captures of suricata-verify, if available: for rules that do not fire, the given reason is true.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explained, fileOf } from './explained.js';
import { MISSING, verifyTest } from './verify-captures.js';

/** Test, sid and expected reason, derived from the test's own description, rules and records. */
const TOLD: readonly (readonly [test: string, sid: number, reason: string])[] = [
  ['alert-no-3whs-established', 13371340, 'the flow is not established'],
  ['alert-testmyids-not-established', 1, 'the flow is not established'],
  ['bug-4503', 2, 'the destination address is 8.8.8.8'],
  ['bug-4503', 3, 'the destination address is 8.8.8.8'],
  ['bug-4503', 4, 'the destination address is 8.8.8.8'],
  [
    'bug-6244-tcp-rst-with-data',
    2,
    'content:"Access Denied" in payload: not in bytes 0 to 17 of 17, which are "Please Let Me In!"',
  ],
  ['detect-app-layer-protocol-01', 1, 'app-layer-protocol:!http: the protocol of the flow is http'],
  ['detect-app-layer-protocol-01', 2, 'app-layer-protocol:!http: the protocol of the flow is http'],
  ['detect-app-layer-protocol-02', 1, 'app-layer-protocol:!http1: the protocol of the flow is http1'],
  ['detect-app-layer-protocol-02', 2, 'app-layer-protocol:!http1: the protocol of the flow is http1'],
  ['detect-app-layer-protocol-03', 1, 'app-layer-protocol:!http,final: the protocol of the flow is http'],
  ['detect-app-layer-protocol-03', 2, 'app-layer-protocol:!http,final: the protocol of the flow is http'],
  [
    'detect-content-ends-with-negated-02',
    1,
    'content:!".google.com"; endswith in http.host: it was found at offset 3',
  ],
  ['detect-dotprefix-03', 1, 'in dns.query dotprefix: not in bytes 0 to 12 of 12, which are ".agoogle.com"'],
  ['dns-udp-z-flag-fp', 2240006, 'no transaction of dns had an event'],
  ['dns/dns-answer-emptydata', 2240002, 'no transaction of dns had an event'],
  ['dns/dns-answer-emptydata', 2240003, 'no transaction of dns had an event'],
  ['entropy/entropy-01', 3, 'entropy:value >= 5 in file.data: the entropy is 4.1'],
  ['entropy/entropy-01', 5, 'entropy:value !4-5 in file.data: the entropy is 4.1'],
  ['entropy/entropy-01', 6, 'entropy:value < 4 in file.data: the entropy is 4.1'],
  ['http-post-data-decompression', 2, 'not in bytes 0 to 24 of 24, which are "Hi john dauny mladshiy|0a|!"'],
  ['issue-8031-01-isdataat', 2, 'isdataat:32 in payload: there are only 32 bytes'],
  ['issue-8031-01-isdataat', 3, 'isdataat:33 in payload: there are only 32 bytes'],
  ['issue-8031-01-isdataat', 13, 'isdataat:33,relative in payload: there are only 32 bytes left'],
  ['issues/issue-4759.1', 1, 'the application protocol of the flow is dns'],
  ['max-flowbits-per-signature', 1, 'flowbits:isset, A: A is not set'],
  ['pppoe', 2200043, 'the packet has no event'],
  ['pppoe', 2200044, 'the packet has no event'],
  ['rule-hooks/pkt-hook-flow-start-01', 1, 'seq:123: it is 3848071424'],
  ['tcp-fastopen-09', 2200033, 'the packet has no event'],
  [
    'tcp-rst-unacked-stream-01-raw',
    2210048,
    'stream-event:reassembly_seq_gap: the packet has stream.rst_with_data',
  ],
  [
    'tcp-rst-unacked-stream-03-gap',
    2210048,
    'stream-event:reassembly_seq_gap: the packet has stream.rst_with_data',
  ],
  ['tcp-rst-unacked-stream-06-http-nogap-ips', 2210048, 'the packet has no event'],
  [
    'tls/tls-fingerprint-alert',
    5,
    'tls.fingerprint:"90:86:A4:3B:F5:CF:1B:2E:4E:F7:97:96:f9:DE:BA:B9:66:35:86:3E": the transaction does not match',
  ],
];

describe.skipIf(MISSING)(`rules that do not fire${MISSING ? ` (skipped: ${MISSING})` : ''}`, () => {
  test.each(TOLD)('%s, sid %i is explained', async (name, sid, reason) => {
    const { options } = verifyTest(name)!;
    const explanation = await explained(sid, options);
    expect([explanation.result, explanation.reason]).toEqual([
      'did not fire',
      expect.stringContaining(reason),
    ]);
  });
});

/** Rules that fire, by test. */
const FIRING: readonly (readonly [test: string, sid: number])[] = [
  ['bug-6244-tcp-rst-with-data', 4],
  ['issue-8031-01-isdataat', 1],
  ['entropy/entropy-01', 1],
  ['http-post-data-decompression', 1],
  ['issues/issue-4759.1', 2],
  ['tls/tls-fingerprint-alert', 1],
];

/** A condition that cannot hold, and its text in the explanation. */
const IMPOSSIBLE: readonly (readonly [condition: string, told: string])[] = [
  ['content:"|00 fe|not there|fe 00|"; ', 'content:"|00 fe|not there|fe 00|" in'],
  ['content:!"|00 fe|not there|fe 00|"; ', ''],
  ['flowbits:isset,never_set; ', 'flowbits:isset,never_set: never_set is not set'],
  ['xbits:isset,never_set,track ip_src; ', 'never_set is not set'],
  ['pcre:"/\\x00\\xfe+not there/"; ', 'no match in'],
];

describe.skipIf(MISSING)('rules that fire, with a condition added', () => {
  const cases = FIRING.flatMap(([name, sid]) => IMPOSSIBLE.map(each => [name, sid, ...each] as const));
  test.each(cases)('%s, sid %i: %s is the reason', async (name, sid, condition, reason) => {
    const { options } = verifyTest(name)!;
    const rules = options.rules!.map(file =>
      fileOf(withCondition(readFileSync(file, 'latin1'), sid, condition), 'changed.rules'),
    );
    const explanation = await explained(sid, { ...options, rules });
    expect(explanation.result).toBe(reason === '' ? 'fired' : 'did not fire');
    expect(explanation.reason).toContain(reason);
  });
});

function withCondition(rules: string, sid: number, condition: string): string {
  return rules.replace(
    new RegExp(`(\\s)(sid\\s*:\\s*${sid}\\s*;)`),
    `$1${condition.replaceAll('$', '$$$$')}$2`,
  );
}
