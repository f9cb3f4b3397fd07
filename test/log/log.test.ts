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
  it('shows notices and worse, errors on the error stream', () => {
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

  it('shows only errors when quiet', () => {
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

  it('never sends control characters of input to the terminal', () => {
    const { log, out } = start({});
    log.notice('file \x1b[2J name');
    expect(out.text).toBe('Notice: file \\x1b[2J name\n');
  });

  it('may be JSON, or off', () => {
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

describe('the file', () => {
  const config = (settings: object) => ({
    logging: { 'default-log-level': 'notice', outputs: [{ file: settings }] },
  });

  it('is not there unless configured', () => {
    logAll(start({}).log);
    expect(existsSync(join(folder, 'suricata.log'))).toBe(false);
  });

  it('has time, process and level in front, and a level of its own', () => {
    logAll(start(config({ enabled: 'yes', level: 'info' })).log);
    const lines = file('suricata.log').trim().split('\n');
    expect(lines[0]).toMatch(/^\[\d+ - main\] \d{4}-\d\d-\d\d \d\d:\d\d:\d\d Info: detect: i$/);
    expect(lines.length).toBe(4);
  });

  it('may be several, each with settings of its own', () => {
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

  it('may be JSON in a file that others write too', () => {
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

  it('is opened anew after it was moved away', () => {
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

  it('that cannot be written is told', () => {
    const { err } = start(config({ filename: '/dev/null/x.log' }));
    expect(err.text).toMatch(/^Error: logging: \/dev\/null\/x\.log: ENOTDIR/);
  });

  it('on a disk that is full is told once, and nothing else happens', () => {
    const { log: full, out, err } = start(config({ filename: '/dev/full' }));
    full.notice('one');
    full.notice('two');
    expect([out.text, err.text.match(/ENOSPC/g)]).toEqual(['Notice: one\nNotice: two\n', ['ENOSPC']]);
    full.close();
    expect(err.text).toMatch(/logging: \/dev\/full: 2 lines were lost\n$/);
    log = undefined;
  });

  it('whose folder was taken away is made again, with its folder', () => {
    const { log } = start(config({ filename: 'below/a.log', format: '%M' }));
    log.notice('one');
    rmSync(join(folder, 'below'), { recursive: true });
    log.reopen();
    log.notice('two');
    expect(file('below/a.log')).toBe('two\n');
  });

  it('takes a format of old, which is what stands before the message', () => {
    start(config({ format: '%t - (%f:%l) <%d> (%T) -- ' })).log.warning('detect: hm');
    const line = file('suricata.log');
    expect(line).toMatch(/^\d+\/\d+\/\d{4} -- \d\d:\d\d:\d\d - \(:\) <Warning> \(main\) -- hm\n$/);
  });

  it('takes a format', () => {
    start(config({ format: '%d|%S|%M|%%' })).log.warning('detect: hm');
    expect(file('suricata.log')).toBe('Warning|detect|hm|%\n');
  });
});

describe('what overrules the configuration', () => {
  it('a filter of messages, of the configuration or the environment', () => {
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

  it('a filter that is none is told of, and nothing is left out', () => {
    const { log: made, out, err } = start({ logging: { 'default-output-filter': '(' } });
    logAll(made);
    expect(out.text + err.text).toContain('default-output-filter');
    expect(out.text).toContain('n');
  });

  it('level and format of the environment', () => {
    const environment = { SC_LOG_LEVEL: 'Info', SC_LOG_FORMAT: '<%d> %M' };
    const { log: made, out } = start({}, { environment });
    made.info('detect: i');
    expect(out.text.toLowerCase()).toBe('<info> i\n');
  });
});
