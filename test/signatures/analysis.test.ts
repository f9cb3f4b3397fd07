import { describe, expect, test } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { patternText } from '../../signatures/analysis/content-json.js';
import { ruleGroups } from '../../signatures/analysis/rule-groups.js';
import { analyzeRules } from '../../signatures/analysis.js';
import { load, SAMPLE_PROTOCOL } from './rules.js';

function analysis(rules: string): Map<string, string> {
  return new Map(analyzeRules(load(rules), [SAMPLE_PROTOCOL]));
}

function rule(text: string) {
  const [line] = analysis(text).get('rules.json')!.split('\n');
  return JSON.parse(line!);
}

test.each([
  [' 200 ', '|20|200|20|'],
  ['\x15\x03\x01\0\x02\x02', '|15 03 01 00 02 02|'],
  ['GET', 'GET'],
  ['a;b', 'a|3B|b'],
])('%j is written as %s', (bytes, text) => expect(patternText(bytes)).toBe(text));

describe('rules.json', () => {
  test('shows a rule on a buffer', () => {
    expect(
      rule(
        'alert sample $HOME_NET any -> $EXTERNAL_NET 80 (msg:"T"; flow:to_server,established; sample.uri; content:"GET"; sid:1;)',
      ),
    ).toMatchObject({
      id: 1,
      gid: 1,
      rev: 0,
      msg: 'T',
      app_proto: 'sample',
      type: 'app_tx',
      requirements: ['flow'],
      flags: ['sp_any', 'applayer', 'toserver', 'prefilter'],
      pkt_engines: [{ name: 'packet', is_mpm: false }],
      engines: [
        { name: 'sample.uri', direction: 'toserver', is_mpm: true, app_proto: 'sample', progress: 1 },
      ],
      lists: { packet: { matches: [{ name: 'flow' }] } },
      mpm: {
        buffer: 'sample.uri',
        pattern: 'GET',
        length: 3,
        nocase: false,
        negated: false,
        starts_with: false,
        ends_with: false,
        is_mpm: true,
        no_double_inspect: true,
        fast_pattern: false,
        relative_next: false,
      },
    });
  });

  test('shows an engine for each transaction value', () => {
    expect(
      rule('alert sample any any -> any any (sample.code:>5; sample.code:!7; sid:1;)').engines,
    ).toMatchObject([
      {
        name: 'sample.code',
        direction: 'toclient',
        app_proto: 'sample',
        progress: 1,
        matches: [{ name: 'sample.code' }, { name: 'sample.code' }],
      },
    ]);
  });

  test('shows a rule on packets and streams', () => {
    expect(rule('alert tcp any any -> any 443 (content:"|15 03|"; startswith; sid:2; rev:1;)')).toMatchObject(
      {
        type: 'pkt_stream',
        requirements: ['payload'],
        flags: [
          'src_any',
          'dst_any',
          'sp_any',
          'need_packet',
          'need_stream',
          'toserver',
          'toclient',
          'prefilter',
        ],
        pkt_engines: [{ name: 'payload', is_mpm: true }],
        mpm: { buffer: 'payload', depth: 2, starts_with: true, no_double_inspect: false },
      },
    );
  });

  test('shows flags and effects', () => {
    const json = rule(
      'alert tcp any any -> any 443 (flow:to_server; flags:S,CE; flowbits:set,t; flowbits:noalert; sid:3;)',
    );
    expect(json).toMatchObject({
      type: 'pkt',
      requirements: ['tcp_flags_init_deinit', 'real_pkt'],
      flags: ['src_any', 'dst_any', 'sp_any', 'noalert', 'need_packet', 'toserver'],
      pkt_engines: [{ name: 'packet', is_mpm: false }],
    });
    expect(json.lists.packet.matches.map((match: { name: string }) => match.name)).toEqual(['tcp.flags']);
    expect(json.lists.postmatch.matches[0]).toEqual({
      name: 'flowbits',
      flowbits: { cmd: 'set', names: ['t'] },
    });
  });

  test.each([
    [
      'alert tcp any any -> any any (dsize:>5; target:src_ip; sid:1;)',
      ['payload', 'real_pkt'],
      ['dsize', 'src_is_target'],
    ],
    [
      'alert tcp any any -> any any (dsize:0; bypass; sid:1;)',
      ['no_payload', 'real_pkt'],
      ['dsize', 'bypass'],
    ],
    ['alert tcp any any -> any any (flags:U; sid:1;)', ['tcp_flags_unusual', 'real_pkt'], []],
    ['alert ip any any -> any any (decode-event:ipv4.trunc_pkt; sid:1;)', ['engine_event'], []],
    [
      'alert tcp any any -> any any (content:!"a"; target:dest_ip; sid:1;)',
      ['payload'],
      ['negated_mpm', 'dest_is_target'],
    ],
  ])('shows the requirements of %s', (text, requirements, flags) => {
    const json = rule(text);
    expect(json.requirements).toEqual(requirements);
    expect(json.flags).toEqual(expect.arrayContaining(flags));
  });

  test('shows several names of which one is enough', () => {
    const { lists } = rule('alert tcp any any -> any any (flowbits:isset,t|u; sid:4;)');
    expect(lists.packet.matches[0].flowbits).toEqual({ cmd: 'isset', names: ['t', 'u'], operator: 'or' });
  });

  test('shows an expression', () => {
    expect(
      rule('alert sample any any -> any any (pcre:"/\\\\s200/i"; sid:4;)').lists.payload.matches[0],
    ).toEqual({
      name: 'pcre',
      pcre: { relative: false, relative_next: false, nocase: true, negated: false },
    });
  });
});

test.each([
  ['flow.age:19', 'flow_age', { equal: 19 }],
  ['flow.age:!19', 'flow_age', { diff: 19 }],
  ['flow.age:>=21', 'flow_age', { gte: 21 }],
  ['icode:2', 'code', { equal: 2 }],
  ['icmp_id:2', 'id', { number: 2 }],
  ['window:!1024', 'window', { size: 1024, negated: true }],
  ['ipopts:lsrr', 'ipopts', { option: 'lsrr' }],
])('%s is shown', (keyword, member, shown) => {
  expect(rule(`alert ip any any -> any any (${keyword}; sid:1;)`).lists.packet.matches[0][member]).toEqual(
    shown,
  );
});

test.each([
  [
    'byte_test:2,>,5,3,relative,little',
    'byte_test',
    { nbytes: 2, offset: 3, base: 'unset', flags: ['little', 'relative'] },
  ],
  [
    'byte_jump:4,1,string,hex,multiplier 2,from_beginning,align,post_offset 7',
    'byte_jump',
    {
      nbytes: 4,
      offset: 1,
      multiplier: 2,
      post_offset: 7,
      base: 'hex',
      flags: ['from_beginning', 'string', 'align'],
    },
  ],
])('%s is shown', (keyword, member, shown) => {
  const { matches } = rule(`alert udp any any -> any any (content:"a"; ${keyword}; sid:1;)`).lists.payload;
  expect(matches[1][member]).toEqual(shown);
});

test('a distance without a preceding content is an offset, and isdataat:!1,relative is ends_with', () => {
  const json = rule(
    'alert tcp any any -> any 443 (content:"a"; distance:2; within:5; isdataat:!1,relative; sid:1;)',
  );
  expect(json.lists.payload.matches).toHaveLength(1);
  expect(json.lists.payload.matches[0].content).toMatchObject({ offset: 2, depth: 7, ends_with: true });
  expect(json.notes).toEqual([
    "'distance' option for pattern w/o previous content was converted to 'offset'",
    "'within' option for pattern w/o previous content was converted to 'depth'",
  ]);
});

describe('rule_group.json', () => {
  const groups = (rules: string, settings: object = {}) => {
    const grouping = { 'dump-to-disk': 'yes', 'include-rules': 'yes' };
    const config = new Config({ detect: { profiling: { grouping }, ...settings } } as never);
    const text = ruleGroups(load(rules).signatures, [SAMPLE_PROTOCOL], config)!;
    return (JSON.parse(text).tcp.toserver as GroupJson[]).map(({ port, port2, rulegroup }) => [
      port,
      port2,
      rulegroup.id,
      rulegroup.rules.map(each => each.sig_id).join(),
    ]);
  };
  const at = (sid: number, ports: string) =>
    `alert tcp any any -> any ${ports} (flow:to_server; content:"abc"; sid:${sid};)`;

  test('ports with the most rules come first; ports with equal rules are one group', () => {
    expect(groups([at(1, '80:120'), at(2, '100')].join('\n'))).toEqual([
      [100, 100, 0, '1,2'],
      [80, 99, 1, '1'],
      [101, 120, 1, '1'],
    ]);
  });

  test('priority ports have their groups before others', () => {
    expect(groups([at(1, '22:23'), at(2, '22'), at(3, '443')].join('\n'))).toEqual([
      [443, 443, 0, '3'],
      [22, 22, 1, '1,2'],
      [23, 23, 2, '1'],
    ]);
  });

  test('groups beyond the maximum are joined in one of all ports', () => {
    const settings = { profile: 'custom', 'custom-values': { 'toserver-groups': 1 } };
    expect(groups([at(1, '1'), at(2, '2'), at(3, '3')].join('\n'), settings)).toEqual([
      [1, 1, 0, '1'],
      [0, 65535, 1, '2,3'],
    ]);
  });
});

interface GroupJson {
  port: number;
  port2: number;
  rulegroup: { id: number; rules: { sig_id: number }[] };
}

test('packet header buffers have their own engines, detection_filter its own name', () => {
  const header = rule('alert tcp any any -> any any (ttl:5; tcp.hdr; content:"ab"; sid:1;)');
  expect(header.pkt_engines).toEqual([
    { name: 'packet', is_mpm: false },
    { name: 'tcp.hdr', is_mpm: true },
  ]);
  expect(header.lists.packet.matches).toEqual([{ name: 'ttl' }]);
  expect(header.mpm).toMatchObject({ buffer: 'tcp.hdr', pattern: 'ab' });
  const filtered = rule(
    'alert tcp any any -> any any (content:"ab"; detection_filter:track by_src, count 3, seconds 5; sid:1;)',
  );
  expect(filtered.lists.threshold.matches).toEqual([{ name: 'detection_filter' }]);
});

test('the other analysis files are written', () => {
  const files = analysis(
    'alert tcp any any -> any any (content:"abc"; content:"needle in it"; nocase; sid:1;)\nalert tcp any any -> any any (content:"abc"; sid:2;)',
  );
  expect(files.get('rules_fast_pattern.txt')).toContain('Final content: needle|20|in|20|it');
  expect(files.get('rules_analysis.txt')).toContain('== Sid: 2 ==');
  const [payload] = files
    .get('patterns.json')!
    .split('\n')
    .map(line => line && JSON.parse(line));
  expect(payload.patterns[0]).toEqual({ pattern: 'abc', nocase: false, negated: false, cnt: 2, mpm: 1 });
});

test('filestore without an enabled output is reported', () => {
  const rules = load('alert tcp any any -> any any (content:"abc"; filestore:both,tx; sid:1;)');
  const analysisOf = (storesFiles: boolean) =>
    analyzeRules(rules, [SAMPLE_PROTOCOL], { storesFiles }).get('rules_analysis.txt');
  const warning = 'Warning: Rule requires file-store but the output file-store is not enabled.';
  expect(analysisOf(false)).toContain(warning);
  expect(analysisOf(true)).not.toContain(warning);
});

describe('the fast pattern of a rule', () => {
  test.each([
    ['content:"abcdef"; sample.uri; content:"ab";', 'sample.uri', 'ab'],
    ['content:"abab"; content:"abcd"; content:"ab";', 'payload', 'abcd'],
    ['content:"abcd"; content:"ab|02 03|";', 'payload', 'ab|02 03|'],
    ['content:"abcd"; content:"dcba";', 'payload', 'abcd'],
    ['content:"abcd"; content:"ab"; fast_pattern;', 'payload', 'ab'],
    ['content:!"abcd"; content:"a";', 'payload', 'a'],
    ['content:!"AB"; nocase;', 'payload', 'ab'],
  ])('%s', (options, buffer, pattern) =>
    expect(rule(`alert tcp any any -> any any (${options} sid:1;)`).mpm).toMatchObject({ buffer, pattern }),
  );
});
