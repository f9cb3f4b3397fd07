import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Config, type ConfigTree } from '../../engine/config/config.js';
import { consoleLog, type EngineLog, type LogSettings, openLog } from '../../engine/log.js';

let folder: string;
let log: EngineLog | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-log-'));
});
afterEach(() => {
  log?.close();
  rmSync(folder, { recursive: true });
});

class Screen {
  text = '';
  isTTY = false;
  write(text: string) {
    this.text += text;
  }
}

function start(tree: ConfigTree, settings: Partial<LogSettings> = {}) {
  const streams = { out: new Screen(), err: new Screen() };
  log = openLog({ config: new Config(tree), folder, console: streams, ...settings });
  return { log, ...streams };
}

function logAll(to: EngineLog): void {
  to.debug('detect: d');
  to.info('detect: i');
  to.notice('n');
  to.warning('w: 1');
  to.error('config: e');
}

const file = (name: string) => readFileSync(join(folder, name), 'utf8');

describe('the console', () => {
  it('shows notices and higher levels, and errors on the error stream', () => {
    const { log, out, err } = start({});
    logAll(log);
    expect(out.text).toBe('Notice: n\nWarning: w: 1\n');
    expect(err.text).toBe('Error: config: e\n');
  });

  it.each([
    [1, 'Info: detect: i\nNotice: n\nWarning: w: 1\n'],
    [4, 'Debug: detect: d\nInfo: detect: i\nNotice: n\nWarning: w: 1\n'],
  ])('shows more with verbosity %d', (verbosity, expected) => {
    const { log, out } = start({}, { verbosity });
    logAll(log);
    expect(out.text).toBe(expected);
  });

  it('shows only errors with quiet', () => {
    const { log, out, err } = start({}, { quiet: true });
    logAll(log);
    expect([out.text, err.text]).toEqual(['', 'Error: config: e\n']);
  });

  it('is in colour on a terminal', () => {
    const streams = { out: new Screen(), err: new Screen() };
    streams.out.isTTY = true;
    consoleLog(0, streams).notice('hello');
    expect(streams.out.text).toBe('\x1b[32mNotice\x1b[0m: hello\n');
  });

  it('never prints control characters of the input on a terminal', () => {
    const { log, out } = start({});
    log.notice('file \x1b[2J name');
    expect(out.text).toBe('Notice: file \\x1b[2J name\n');
  });

  it('may be JSON, or disabled', () => {
    const json = start({ logging: { outputs: [{ console: { type: 'json' } }] } });
    json.log.notice('detect: 3 rules');
    expect(JSON.parse(json.out.text)).toMatchObject({
      log_level: 'Notice',
      event_type: 'engine',
      engine: { module: 'detect', message: '3 rules' },
    });
    const off = start({ logging: { outputs: [{ console: { enabled: 'no' } }] } });
    logAll(off.log);
    expect(off.out.text + off.err.text).toBe('');
  });
});

describe('the log file', () => {
  const config = (settings: object) => ({
    logging: { 'default-log-level': 'notice', outputs: [{ file: settings }] },
  });

  it('does not exist unless configured', () => {
    logAll(start({}).log);
    expect(existsSync(join(folder, 'suricata.log'))).toBe(false);
  });

  it('has time, process and level in front, and its own level', () => {
    logAll(start(config({ enabled: 'yes', level: 'info' })).log);
    const lines = file('suricata.log').trim().split('\n');
    expect(lines[0]).toMatch(/^\[\d+ - main\] \d{4}-\d\d-\d\d \d\d:\d\d:\d\d Info: detect: i$/);
    expect(lines.length).toBe(4);
  });

  it('may be one of several, each with its own settings', () => {
    const outputs = [
      { file: { enabled: true, filename: 'a.log', level: 'error', format: '%M' } },
      { console: { enabled: false } },
      { file: { enabled: true, filename: 'b.json', level: 'info', type: 'json' } },
      { file: { enabled: false, filename: 'c.log' } },
    ];
    const { log } = start({ logging: { outputs } });
    logAll(log);
    expect(file('a.log')).toBe('e\n');
    expect(file('b.json').trim().split('\n')).toHaveLength(4);
    expect(existsSync(join(folder, 'c.log'))).toBe(false);
  });

  it('may be JSON in a file that other programs write too', () => {
    logAll(start(config({ filename: 'eve.json', type: 'json' })).log);
    const records = file('eve.json')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(records.map(record => [record.log_level, record.engine])).toEqual([
      ['Info', { message: 'i', module: 'detect' }],
      ['Notice', { message: 'n' }],
      ['Warning', { message: 'w: 1' }],
      ['Error', { message: 'e', module: 'config' }],
    ]);
    expect(records[0].timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d{4}$/);
  });

  it('is reopened after it was moved', () => {
    const { log } = start(config({}));
    log.notice('one');
    renameSync(join(folder, 'suricata.log'), join(folder, 'old.log'));
    log.reopen();
    log.notice('two');
    expect([file('old.log'), file('suricata.log')]).toEqual([
      expect.stringContaining('one'),
      expect.stringContaining('two'),
    ]);
  });

  it('that cannot be created is reported', () => {
    const { err } = start(config({ filename: '/dev/null/x.log' }));
    expect(err.text).toMatch(/^Error: logging: \/dev\/null\/x\.log: ENOTDIR/);
  });

  it('on a full disk is reported once, without further consequences', () => {
    const { log: full, out, err } = start(config({ filename: '/dev/full' }));
    full.notice('one');
    full.notice('two');
    expect([out.text, err.text.match(/ENOSPC/g)]).toEqual(['Notice: one\nNotice: two\n', ['ENOSPC']]);
    full.close();
    expect(err.text).toMatch(/logging: \/dev\/full: 2 lines were lost\n$/);
    log = undefined;
  });

  it('whose folder was deleted is created again, with the folder', () => {
    const { log } = start(config({ filename: 'below/a.log', format: '%M' }));
    log.notice('one');
    rmSync(join(folder, 'below'), { recursive: true });
    log.reopen();
    log.notice('two');
    expect(file('below/a.log')).toBe('two\n');
  });

  it('accepts a format of older versions, which is a prefix of the message', () => {
    start(config({ format: '%t - (%f:%l) <%d> (%T) -- ' })).log.warning('detect: hm');
    const line = file('suricata.log');
    expect(line).toMatch(/^\d+\/\d+\/\d{4} -- \d\d:\d\d:\d\d - \(:\) <Warning> \(main\) -- hm\n$/);
  });

  it('accepts a format', () => {
    start(config({ format: '%d|%S|%M|%%' })).log.warning('detect: hm');
    expect(file('suricata.log')).toBe('Warning|detect|hm|%\n');
  });
});

describe('settings that override the configuration', () => {
  it('filter messages, from the configuration or the environment', () => {
    const { log: made, out, err } = start({ logging: { 'default-output-filter': '^(n|w)' } });
    logAll(made);
    expect([out.text.split('\n').length - 1, err.text]).toEqual([2, '']);
    made.close();
    const other = start(
      { logging: { 'default-output-filter': null } },
      { environment: { SC_LOG_OP_FILTER: 'e$' } },
    );
    logAll(other.log);
    expect([other.out.text, other.err.text.includes('e')]).toEqual(['', true]);
  });

  it('an invalid filter is reported and ignored', () => {
    const { log: made, out, err } = start({ logging: { 'default-output-filter': '(' } });
    logAll(made);
    expect(out.text + err.text).toContain('default-output-filter');
    expect(out.text).toContain('n');
  });

  it('give level and format from the environment', () => {
    const environment = { SC_LOG_LEVEL: 'Info', SC_LOG_FORMAT: '<%d> %M' };
    const { log: made, out } = start({}, { environment });
    made.info('detect: i');
    expect(out.text.toLowerCase()).toBe('<info> i\n');
  });
});
