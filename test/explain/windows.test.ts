/** How much of each stream is kept, depending on the rules of each port and direction. */
import { expect, test } from 'vitest';
import { loadedRules } from '../../engine/cli/rules/capture-inspection.js';
import { type Window, windowsOf } from '../../engine/cli/rules/windows.js';
import { windowsText } from '../../engine/cli/rules/windows-text.js';
import { fileOf } from './explained.js';

async function windows(rules: string, set: string[] = []) {
  return windowsOf(await loadedRules({ rules: [fileOf(rules, 'my.rules')], set }));
}

/** Bytes by direction and port. */
function bytesAt(all: readonly Window[], direction: Window['direction'], port: number): number | undefined {
  return all.find(
    each => each.direction === direction && each.ports.some(([first, last]) => first <= port && port <= last),
  )?.bytes;
}

const SHORT = 'alert tcp any any -> any 80 (flow:to_server; content:"abcd"; sid:1;)\n';
const LONG =
  'alert tcp any any -> any 80 (flow:to_server; content:"abcd"; content:"efgh"; within:300; sid:2;)\n';
const MAIL = 'alert tcp any any -> any 25 (flow:to_server; content:"HELO "; sid:3;)\n';
const ANSWER = 'alert tcp any 80 -> any any (flow:to_client; content:"HTTP/1.1 200"; sid:4;)\n';
const EXPRESSION =
  'alert tcp any any -> any 21 (flow:to_server; content:"USER"; pcre:"/USER .*x/"; sid:5;)\n';

test('a longer signature for a port enlarges the window of that port and direction only', async () => {
  const before = (await windows(SHORT + MAIL + ANSWER)).windows;
  const after = (await windows(SHORT + LONG + MAIL + ANSWER)).windows;
  const at = (all: readonly Window[]) => [
    bytesAt(all, 'to_server', 80),
    bytesAt(all, 'to_server', 25),
    bytesAt(all, 'to_client', 80),
  ];
  expect(at(before)).toEqual([4, 5, 12]);
  expect(at(after)).toEqual([304, 5, 12]);
});

test('an expression without a bound gets the configured window, and a warning', async () => {
  const found = await windows(SHORT + EXPRESSION, ['detect.stream-history=1000']);
  expect(bytesAt(found.windows, 'to_server', 21)).toBe(1000);
  expect(bytesAt(found.windows, 'to_server', 80)).toBe(4);
  expect(found.unbounded).toEqual([{ rule: '1:5', msg: '', because: 'pcre' }]);
  expect(windowsText(found, 10)).toContain(
    '1 rules have no limit and get detect.stream-history, 1000 bytes:',
  );
});

test('rules of transactions and of datagrams need no window', async () => {
  const found = await windows(
    'alert http any any -> any any (http.uri; content:"a"; sid:1;)\nalert udp any any -> any any (content:"abcd"; sid:2;)\n',
  );
  expect(found.windows).toEqual([]);
  expect(windowsText(found, 10)).toContain('no rule inspects streams');
});
