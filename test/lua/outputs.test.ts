/** Scripts that log, with the real program. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { needsOf } from '../../modules/lua/needs.js';
import { runSluice } from '../cli/program.js';
import { ethernet, ipv4, ipv6, packet, pcapFile, udp } from '../packets/builder.js';
import { CLIENT, down, SERVER, up } from '../packets/segments.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lua-outputs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const REQUEST = 'POST /a HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\nxyz';
const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

/** A TCP session with one request and one response. */
function session(): Uint8Array[] {
  const a = 1 + REQUEST.length;
  const b = 1 + RESPONSE.length;
  return [
    up(0, 0, 'S'),
    down(0, 1, 'SA'),
    up(1, 1, 'A'),
    up(1, 1, 'PA', REQUEST),
    down(1, a, 'PA', RESPONSE),
    up(a, b, 'FA'),
    down(b, a + 1, 'FA'),
    up(a + 1, b + 1, 'A'),
  ];
}

/** Runs scripts by name. @returns the lines they wrote to out.log, and messages of the program */
async function run(scripts: Record<string, string>, packets: Uint8Array[], runmode = 'single', rules = '') {
  for (const [name, text] of Object.entries(scripts)) writeFileSync(join(folder, name), text);
  const list = Object.keys(scripts).join(', ');
  const lua = `lua: { scripts-dir: ., scripts: [${list}], path: "./?.lua" }`;
  writeFileSync(join(folder, 'x.yaml'), `%YAML 1.1\n---\noutputs:\n  - ${lua}\n`);
  writeFileSync(join(folder, 'x.rules'), rules);
  writeFileSync(join(folder, 'x.pcap'), pcapFile(packets));
  const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-k', 'none', '-S', 'x.rules'];
  const { code, stdout } = await runSluice([...words, '--runmode', runmode], { cwd: folder });
  expect(code).toBe(0);
  return { stdout, lines: readFileSync(join(folder, 'out.log'), 'latin1').trim().split('\n') };
}

async function lines(...args: Parameters<typeof run>): Promise<string[]> {
  const { stdout, lines: written } = await run(...args);
  expect(stdout).not.toContain('Warning: lua:');
  return written;
}

/** A script that writes the value of the expression. */
function writing(needs: string, before: string, expression: string): string {
  return `${before}
local config = require("suricata.config")
local file
function init(args) return {${needs}} end
function setup(args) file = assert(io.open(config.log_path() .. "/out.log", "a")) end
function log(args) file:write(${expression}, "\\n") end
function deinit(args) file:write("end\\n") file:close(file) end
`;
}

const PACKET = 'local packet = require("suricata.packet")';
const FLOW = 'local flow = require("suricata.flow")';

test.each(['single', 'autofp'])('scripts log transactions, with their packet and flow: %s', async mode => {
  const script = writing(
    'protocol = "http"',
    `${FLOW}
local http = require("suricata.http")
local function tuple() local _, a, b, p, c, d = flow.get():tuple() return a .. ":" .. c .. " " .. b .. ":" .. d end`,
    '(http.get_tx()):request_host(), " ", (http.get_tx()):request_uri_raw(), " ", tuple()',
  );
  const logged = await lines({ 'http.lua': script }, session(), mode);
  expect(logged.filter(line => line !== 'end')).toEqual([`b /a ${CLIENT}:1025 ${SERVER}:80`]);
  expect(logged.at(-1)).toBe('end');
});

test('scripts log IPv6 addresses with all digits, and flow times as both seconds, then both microseconds', async () => {
  const datagram = packet(
    ethernet(),
    ipv6({ source: '2001:db8::1', destination: '::2' } as never),
    udp({ sport: 5, dport: 6 } as never),
    'x',
  );
  const shown = (script: string, first: string) => `"${first} ", table.concat({${script}}, " ")`;
  const logged = await lines(
    {
      'packet.lua': writing('type = "packet"', PACKET, shown('packet.get():tuple()', 'packet')),
      'flow.lua': writing('type = "flow"', FLOW, shown('flow.get():tuple()', 'flow')),
      'times.lua': writing('type = "flow"', FLOW, shown('flow.get():timestamps()', 'times')),
    },
    [datagram],
  );
  const tuple = '6 2001:0db8:0000:0000:0000:0000:0000:0001 0000:0000:0000:0000:0000:0000:0000:0002 17 5 6';
  expect(logged).toContain(`packet ${tuple}`);
  expect(logged).toContain(`flow ${tuple}`);
  expect(logged).toContainEqual(expect.stringMatching(/^times (\d+) \1 (\d+) \2$/));
});

test('scripts log packets with alerts, and the rule', async () => {
  const script = writing(
    'type = "packet", filter = "alerts"',
    `${PACKET}\nlocal rule = require("suricata.rule")`,
    'rule.get_rule():sid(), " ", rule.get_rule():msg(), " ", packet.get():pcap_cnt()',
  );
  const rules = 'alert tcp any any -> any 80 (msg:"m"; content:"POST"; sid:7;)\n';
  const logged = await lines({ 'a.lua': script }, session(), 'single', rules);
  expect(logged).toEqual([expect.stringMatching(/^7 m \d$/), 'end']);
});

test('scripts log the transaction of an alert and of a file, and whether the flow had alerts', async () => {
  const http = 'local http = require("suricata.http")';
  const uri = '(http.get_tx()):request_uri_raw()';
  const has = 'tostring((flow.get()):has_alerts())';
  const logged = await lines(
    {
      'alert.lua': writing('type = "packet", filter = "alerts"', http, `"alert ", ${uri}`),
      'file.lua': writing('type = "file"', http, `"file ", ${uri}`),
      'packet.lua': writing('type = "packet"', FLOW, `"packet ", ${has}`),
      // The current packet is the last one of its flow, wherever in a batch it is.
      'times.lua': writing(
        'type = "packet", filter = "tcp"',
        `${PACKET}\n${FLOW}
local function last() local _, seconds, _, rest = flow.get():timestamps() return seconds .. " " .. rest end`,
        '"times ", tostring(table.concat({packet.get():timestamp()}, " ") == last())',
      ),
      'protocol.lua': writing(
        'type = "packet", filter = "tcp"',
        FLOW,
        '"protocol ", (flow.get():app_layer_proto())',
      ),
      'flow.lua': writing('type = "flow"', FLOW, `"flow ", ${has}`),
    },
    session(),
    'single',
    'alert http any any -> any any (flow:to_client; http.stat_code; content:"200"; sid:7;)\n',
  );
  const having = (word: string) => logged.filter(line => line.startsWith(word));
  expect(having('alert')).toEqual(['alert /a']);
  expect(having('file')).toEqual(['file /a', 'file /a']);
  expect(having('flow')).toEqual(['flow true']);
  expect(having('times')).toEqual(Array(session().length).fill('times true'));
  // The handshake must not show the request, which may be parsed by the time of logging.
  const protocols = having('protocol');
  expect(protocols.slice(0, 3)).toEqual(Array(3).fill('protocol unknown'));
  expect(protocols.at(-1)).toBe('protocol http');
  const packets = having('packet').map(line => line.split(' ')[1]);
  expect(packets.slice(0, 4)).toEqual(['false', 'false', 'false', 'false']);
  expect(packets.at(-1)).toBe('true');
});

test('scripts log every packet, the end of flows, files, pieces of streams and bodies', async () => {
  const piece =
    '(args.stream.to_server and "> " or "< "), #args.stream.data, " ", tostring(args.stream.open)';
  const logged = await lines(
    {
      'packet.lua': writing('type = "packet"', PACKET, '"packet ", packet.get():pcap_cnt()'),
      'flow.lua': writing('type = "flow"', FLOW, '"flow ", (flow.get():stats())'),
      'file.lua': writing(
        'type = "file"',
        'local filelib = require("suricata.file")',
        '"file ", (filelib.get_file()):size(), " ", (filelib.get_file()):get_state()',
      ),
      'tcp.lua': writing('streaming = "tcp"', '', `"tcp ", ${piece}`),
      'http.lua': writing('type = "streaming", protocol = "http"', '', `"http ", ${piece}`),
    },
    session(),
  );
  const having = (word: string) => logged.filter(line => line.startsWith(word));
  expect(having('packet')).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map(number => `packet ${number}`));
  expect(having('flow')).toEqual(['flow 5']);
  expect(having('file').sort()).toEqual(['file 3 CLOSED', 'file 5 CLOSED']);
  expect(having('tcp').filter(line => !line.includes(' 0 '))).toEqual([
    `tcp > ${REQUEST.length} true`,
    `tcp < ${RESPONSE.length} true`,
  ]);
  expect(having('http')).toEqual(['http > 3 true', 'http < 5 true']);
});

test('scripts log statistics, and may load Lua modules', async () => {
  const { stdout, lines: written } = await run(
    {
      'x.lua': `
local m = require("m")
local file
function init(args) return { type = "stats" } end
function setup(args) file = assert(io.open(require("suricata.config").log_path() .. "/out.log", "w")) end
function log(args)
  for _, v in ipairs(args) do
    if v["name"] == "decoder.pkts" then file:write(m.say(v["value"]), "\\n") end
  end
end
function deinit(args) file:close() end`,
      'm.lua': 'return { say = function(n) return string.format("packets %u", n) end, log = 1 }\n',
    },
    [packet(ethernet(), ipv4(), udp(), 'a'), packet(ethernet(), ipv4(), udp(), 'b')],
  );
  // A Lua module is not a script; it is reported and skipped.
  expect(stdout).toContain('m.lua: no log function in script');
  expect(written).toEqual(['packets 2']);
});

test('valid script requirements are accepted, others rejected', () => {
  expect(needsOf({ protocol: 'tls' })).toEqual({ kind: 'transaction', protocol: 'tls' });
  expect(needsOf({ type: 'streaming', filter: 'tcp' })).toEqual({ kind: 'streaming', of: 'tcp' });
  expect(() => needsOf({ protocol: 'dnp3' })).toThrow(/protocol "dnp3" is not supported/);
  expect(() => needsOf({ type: 'x' })).toThrow(/type "x"/);
  expect(() => needsOf(undefined)).toThrow(/no table/);
});
