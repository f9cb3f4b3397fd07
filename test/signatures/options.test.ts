import { describe, expect, test } from 'vitest';
import { load, parse, refusal, withOptions } from './rules.js';

describe('rules of a file', () => {
  test('comments and empty lines are skipped; continued lines are joined', () => {
    const { signatures, errors } = load(
      '# comment\n\n  # more\r\nalert tcp any any -> any any (msg:"a \\\n  b"; \\\r\n sid:7;)\r\n',
    );
    expect(errors).toEqual([]);
    expect(signatures[0]).toMatchObject({ sid: 7, msg: 'a   b', position: { line: 4, column: 1 } });
  });

  test('errors in joined lines have their original position', () => {
    const [error] = load('alert tcp any any -> any any ( \\\n  msg:"a"; \\\n  nonsense; sid:1;)').errors;
    expect(error).toMatchObject({
      message: "unknown rule keyword 'nonsense'.",
      position: { line: 3, column: 3 },
    });
  });

  test('columns count characters, not bytes', () => {
    const [error] = load(withOptions('msg:"🐾 ü"; depth:x;')).errors;
    expect(error!.position.column).toBe('alert tcp any any -> any any (msg:"🐾 ü"; depth:'.length + 1);
  });

  test('a byte order mark is skipped', () => {
    expect(load('\ufeffalert tcp any any -> any any (sid:1;)').signatures).toHaveLength(1);
  });

  test.each([
    ['alert tcp any any -> any any', 'rule options expected: "("'],
    ['alert tcp any any -> any any (sid:1)', 'no terminating ";" found'],
    ['alert tcp any any -> any any ()', 'Signature missing required value "sid".'],
    ['alert', 'protocol expected'],
  ])('%s is rejected', (text, message) => expect(load(text).errors[0]?.message).toBe(message));
});

test('a missing closing parenthesis is a warning', () => {
  const { signatures, warnings } = load('alert tcp any any -> any any (sid:1; ');
  expect(signatures).toHaveLength(1);
  expect(warnings).toMatchObject([{ message: 'rule does not end with ")"', position: { column: 37 } }]);
});

describe('meta keywords', () => {
  test('are all parsed', () => {
    const text =
      'alert tcp any any -> any any (msg:"a \\"b\\" \\; c"; reference:CVE, 2014-0160; reference:url,example.org/a; ' +
      'classtype:trojan-activity; metadata:tag one, tag two, created_at 2020_01_01; target:src_ip; gid:2; sid:3; rev:4;)';
    expect(parse(text)).toMatchObject({
      msg: 'a "b" ; c',
      gid: 2,
      sid: 3,
      rev: 4,
      classtype: 'trojan-activity',
      category: 'A Network Trojan was detected',
      priority: 1,
      references: ['cve,2014-0160', 'url,example.org/a'],
      metadata: { tag: ['one', 'two'], created_at: ['2020_01_01'] },
      target: 'src_ip',
      text,
    });
  });

  test('keep UTF-8', () => expect(parse(withOptions('msg:"日本 ü";')).msg).toBe('日本 ü'));
  test('priority overrides that of the class type', () =>
    expect(parse(withOptions('classtype:trojan-activity; priority:9;')).priority).toBe(9));
  test('the default priority is 3', () => expect(parse(withOptions('')).priority).toBe(3));

  test('an unknown class type is a warning, and an error with strict keywords', () => {
    const rule = withOptions('classtype:trojan-activty;');
    expect(load(rule).warnings[0]).toMatchObject({ suggestion: 'trojan-activity' });
    expect(load(rule, { strict: ['classtype'] }).errors).toHaveLength(1);
  });

  test.each([
    'sid:0;',
    'sid:x;',
    'sid:99999999999;',
    'sid:2;',
    'rev:0;',
    'gid:-1;',
    'msg:text;',
    'msg:"open;',
    'msg;',
    'priority:x;',
    'reference:cve;',
    'target:both;',
    'classtype:"";',
    'content:"a"; nocase:x;',
  ])('%s is rejected', options => expect(refusal(options)).toBeDefined());
});

describe('duplicates', () => {
  const rule = (sid: number, rev: number, gid = 1) =>
    `alert tcp any any -> any any (msg:"${rev}"; gid:${gid}; sid:${sid}; rev:${rev};)`;

  test('the same revision is an error', () => {
    const { signatures, errors } = load(`${rule(1, 1)}\n${rule(1, 1)}`);
    expect(signatures).toHaveLength(1);
    expect(errors[0]).toMatchObject({ position: { line: 2 } });
  });

  test('a higher revision replaces the lower one', () => {
    const { signatures, warnings } = load(`${rule(1, 1)}\n${rule(2, 1)}\n${rule(1, 2)}`);
    expect(signatures.map(({ sid, rev, index }) => [sid, rev, index])).toEqual([
      [1, 2, 0],
      [2, 1, 1],
    ]);
    expect(warnings).toHaveLength(1);
  });

  test('another gid is another rule', () =>
    expect(load(`${rule(1, 1)}\n${rule(1, 1, 2)}`).signatures).toHaveLength(2));
});

describe('requires', () => {
  test.each([
    ['version >= 8', true],
    ['version >= 8.0.7', true],
    ['version >= 8.0.8', false],
    ['version >= 7.0.4 < 8', false],
    ['version >= 7.0.4 < 8 | >= 8.0.1', true],
    ['version >= 9', false],
    ['feature ja3', true],
    ['feature flying', false],
    ['keyword content', true],
    ['keyword levitate', false],
    ['foo bar', false],
    ['feature ja3, version >= 9', false],
  ])('the rule with %s is loaded: %s', (requirement, loaded) => {
    const { signatures, skipped, errors } = load(withOptions(`requires: ${requirement};`));
    expect(errors).toEqual([]);
    expect([signatures.length, skipped.length]).toEqual(loaded ? [1, 0] : [0, 1]);
  });

  test('the rest of a skipped rule may be invalid', () => {
    expect(load(withOptions('from_the_future:1; requires: version >= 9;')).skipped).toHaveLength(1);
  });

  test.each([
    'version',
    'version 8',
    'version >= eight',
    'version >= 8 later',
    'version >= 8, version < 9',
    'version >= 8 | later',
    'feature flying, version 8',
  ])('%s is rejected', requirement => {
    expect(refusal(`requires: ${requirement};`)).toBeDefined();
  });
});
