import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ApplicationLayer, TransactionUpdate } from '../../engine/application-layer.js';
import type { ConfigTree } from '../../engine/config/config.js';
import { Config } from '../../engine/config/config.js';
import * as Flow from '../../engine/flow/flow-record.js';
import type { Protocol, Transaction } from '../../engine/protocol.js';
import { loadRuleText } from '../../signatures/load-rules.js';
import { inline, type PacketSketch, type Sensor, sensorFor, tcp, udp } from '../detect/sensor.js';

const folder = mkdtempSync(join(tmpdir(), 'lua-'));
afterAll(() => rmSync(folder, { recursive: true }));
const CONFIG: ConfigTree = { 'default-rule-path': folder };

let scripts = 0;
/** Writes a script. @returns its name */
function script(text: string): string {
  const name = `script-${++scripts}.lua`;
  writeFileSync(join(folder, name), text);
  return name;
}

/** A script whose `match` is `body`. */
function matching(body: string, before = '', needs = ''): string {
  return script(`${before}\nfunction init(args) return {${needs}} end\nfunction match(args) ${body} end`);
}

async function sensor(rules: string, config: ConfigTree = {}, layer?: ApplicationLayer): Promise<Sensor> {
  const made = await sensorFor(rules, { config: { ...CONFIG, ...config }, ...(layer && { layer }) });
  if (layer) made.thread.flows.row[Flow.INTS + Flow.APP_PROTOCOL] = 1;
  return made;
}

async function alerts(options: string, packets: readonly PacketSketch[], config: ConfigTree = {}) {
  return (await sensor(`alert udp any any -> any any (${options} sid:1;)`, config)).see(...packets);
}

function refusal(options: string, config: ConfigTree = {}): string | undefined {
  const rules = loadRuleText(`alert udp any any -> any any (${options} sid:1;)`, 'x.rules', {
    config: new Config({ ...CONFIG, ...config }),
    protocols: [toy],
  });
  return rules.errors[0]?.message;
}

// ── a protocol ───────────────────────────────────────────────────────────────────────────────────────

interface Named extends Transaction {
  readonly name: string;
}

const named = (keyword: string, progress: number) => ({
  keyword,
  direction: 'to_server',
  progress,
  summary: '',
  get: (t: Named) => Buffer.from(t.name, 'latin1'),
});

/** Is named ssh, so that a library of scripts applies to it. */
const toy = {
  name: 'ssh',
  transports: ['tcp'],
  progressToServer: ['start', 'name', 'complete'],
  progressToClient: ['start', 'complete'],
  events: [],
  buffers: [named('ssh.proto', 1), named('ssh.software', 1), named('ssh.hassh', 1)],
  values: [],
  tests: [],
  record: () => '',
  recognition: {},
} as unknown as Protocol;

class Layer implements ApplicationLayer {
  readonly protocols = [toy];
  readonly updates: TransactionUpdate[] = [];
  readonly closedFiles = [];
  private readonly talk = { protocol: toy, flow: 1, transactions: [], state: undefined };
  useFrames(): void {}
  sessionOf() {
    return this.talk;
  }

  /** A packet with an update of a transaction of this name. */
  transactionOf(name: string): PacketSketch {
    const transaction: Named = { id: 0, progressToServer: 1, progressToClient: 0, events: [], name };
    const inspected = { session: this.talk, transaction, toServer: true, progress: 1, events: 0 };
    return tcp({
      payload: name,
      withSlots: slots => {
        this.updates.length = 0;
        this.updates.push({ ...inspected, slot: slots[0]!, bodyLength: -1, complete: false });
      },
    });
  }
}

describe('lua on packets', () => {
  it('matches if the script returns 1', async () => {
    const options = `content:"a"; lua:${matching('if args.payload:find("b") then return 1 end return 0', '', 'payload = true')};`;
    expect(await alerts(options, [udp('a'), udp('ab'), udp('b')])).toEqual(['1@2']);
  });

  it('negated, matches if it does not', async () => {
    const options = `lua:!${matching('return #args.payload == 2 and 1 or 0', '', 'payload = tostring(true)')};`;
    expect(await alerts(options, [udp('a'), udp('ab'), udp('')])).toEqual(['1@1']);
  });

  it('is evaluated last, if all else matches', async () => {
    const options = `lua:${matching('print("asked") return 1')}; content:"yes"; dsize:3;`;
    const watched = await sensor(`alert udp any any -> any any (${options} sid:1;)`);
    expect(watched.see(udp('no!'), udp('yes?'), udp('yes'))).toEqual(['1@3']);
  });

  it('can read the packet and its tuple', async () => {
    const body = `
      local p = packet.get()
      local version, source, destination, protocol, sp, dp = p:tuple()
      local other, reason = p:sp()
      return #args.packet >= 0 and p:payload() == "x" and other == 5 and sp == 5 and p:dp() == 53 and source == "10.0.0.1" and protocol == 17 and 1 or 0`;
    const name = matching(body, 'local packet = require "suricata.packet"', 'packet = true');
    expect(await alerts(`lua:${name};`, [udp('x', { sourcePort: 5, destinationPort: 53 })])).toEqual(['1@1']);
  });

  it('keeps variables with the flow', async () => {
    const body = `
      local n = tonumber(count:value() or "0") + 1
      count:set(tostring(n), #tostring(n))
      return number:incr() == 2 and n == 2 and 1 or 0`;
    const before = `
      local flowvar, flowint = require("suricata.flowvar"), require("suricata.flowint")
      function thread_init() count = flowvar.get("count") number = flowint.get("number") end`;
    const packet = udp('x', { flow: 1 });
    expect(await alerts(`lua:${matching(body, before)};`, [packet, packet, packet])).toEqual(['1@2']);
  });

  it('can read values of byte_extract', async () => {
    const before = `
      local bytevar = require("suricata.bytevar")
      function thread_init() var = bytevar.get("length") end`;
    const name = script(`${before}
      function init(sig) bytevar.map(sig, "length") return {} end
      function match() return var:value() == 0x6162 and 1 or 0 end`);
    const options = `content:"x"; byte_extract:2,0,length; lua:${name};`;
    expect(await alerts(options, [udp('abx'), udp('bax')])).toEqual(['1@1']);
    expect(refusal(`content:"x"; lua:${name};`)).toContain("unknown byte_extract or byte_math var 'length'");
  });

  it('can read its rule', async () => {
    const name = matching(
      'local r = rule.get_rule() return r:sid() == 1 and r:msg() == "hello" and r:action() == "alert" and 1 or 0',
      'local rule = require "suricata.rule"',
    );
    expect(await alerts(`msg:"hello"; lua:${name};`, [udp('x')])).toEqual(['1@1']);
  });
});

describe('lua on streams', () => {
  it('inspects the stream if the script needs it', async () => {
    const name = matching('return args.stream:find("onetwo") and 1 or 0', '', 'stream = true');
    const watched = await sensor(`alert tcp any any -> any any (content:"one"; lua:${name}; sid:1;)`);
    expect(watched.see(inline('one'), inline('two'))).toEqual(['1@2']);
  });
});

describe('lua on transactions', () => {
  const get = 'local ssh = require "suricata.ssh"';

  it('has the transaction at the hook of the rule', async () => {
    const layer = new Layer();
    const name = matching('return ssh.get_tx():client_proto() == "2.0" and 1 or 0', get);
    const watched = await sensor(`alert ssh:name any any -> any any (lua:${name}; sid:1;)`, {}, layer);
    expect(watched.see(layer.transactionOf('2.0'))).toEqual(['1@1']);
    expect(watched.see(layer.transactionOf('1.0'))).toEqual([]);
  });

  it('is evaluated again when the transaction has progressed', async () => {
    const layer = new Layer();
    const name = matching(
      'calls = calls + 1 return calls == 2 and #ssh.get_tx():client_hassh() == 3 and 1 or 0',
      `${get} calls = 0`,
    );
    const watched = await sensor(`alert ssh:name any any -> any any (lua:${name}; sid:1;)`, {}, layer);
    const packet = layer.transactionOf('abc');
    expect(watched.see(packet)).toEqual([]);
    expect(watched.see(packet)).toEqual(['1@2']);
  });

  it('can read fingerprints', async () => {
    const asking = (init: string) =>
      script(`${get} ja3 = require "suricata.ja3"
        function init() ${init} return {} end
        function match() return 0 end`);
    const rules = [asking('ssh.enable_hassh()'), asking('ja3.enable_ja3()')].map(
      (name, i) => `alert ssh:name any any -> any any (lua:${name}; sid:${i + 1};)`,
    );
    const { image } = await sensor(rules.join('\n'), {}, new Layer());
    expect(image.usedKeywords).toEqual(expect.arrayContaining(['ssh.hassh', 'ja3.hash']));
  });

  it('has no transaction on packets', async () => {
    const layer = new Layer();
    const name = matching('local tx, err = ssh.get_tx() return tx == nil and err ~= nil and 1 or 0', get);
    const watched = await sensor(`alert tcp any any -> any any (lua:${name}; sid:1;)`, {}, layer);
    expect(watched.see(tcp({ payload: 'x' }))).toEqual(['1@1']);
  });

  it('can read the sticky buffer', async () => {
    const layer = new Layer();
    const name = matching('return #args.buffer == 3 and 1 or 0', '', 'buffer = true');
    const rule = `alert ssh any any -> any any (ssh.proto; content:"2"; lua:${name}; sid:1;)`;
    const watched = await sensor(rule, {}, layer);
    expect(watched.see(layer.transactionOf('2.0'))).toEqual(['1@1']);
    expect(watched.see(layer.transactionOf('2.01'))).toEqual([]);
  });
});

describe('luaxform', () => {
  const rule = (options: string) => `alert ssh any any -> any any (ssh.proto; ${options} sid:1;)`;
  const upper = script(
    'function transform(input, args) return input:upper() .. (args[0] or ""), #input + 1 end',
  );

  const listing = script(`function transform(input, args)
    local all = ""
    for i, each in ipairs(args) do all = all .. i .. each end
    return all, #all
  end`);

  it.each<[string, string, string[]]>([
    [`luaxform:${listing}, bytes 4, offset 2; content:"1bytes 42offset 2";`, 'abc', ['1@1']],
    [`luaxform:${upper}; content:"ABC"; bsize:3;`, 'abc', ['1@1']],
    [`luaxform:${upper}, xyz; content:"ABCx"; bsize:4;`, 'abc', ['1@1']],
    [`luaxform:${upper}; content:"abc";`, 'abc', []],
    [`luaxform:${upper}, -; to_lowercase; content:"abc-"; bsize:4;`, 'abc', ['1@1']],
    [
      `luaxform:${script('function transform(input) return input:upper() end')}; content:"abc";`,
      'abc',
      ['1@1'],
    ],
    [`luaxform:${script('function transform(input) return nil .. "" end')}; content:"abc";`, 'abc', ['1@1']],
  ])('%s', async (options, text, expected) => {
    const layer = new Layer();
    expect((await sensor(rule(options), {}, layer)).see(layer.transactionOf(text))).toEqual(expected);
  });

  it('has libraries', async () => {
    const layer = new Layer();
    const text = `
      local base64, hashlib = require "suricata.base64", require "suricata.hashlib"
      function transform(input)
        local hasher = hashlib.sha256()
        for letter in input:gmatch(".") do hasher:update(letter) end
        local out = base64.encode(input) .. hasher:finalize_to_hex():sub(1, 4) .. hashlib.md5_hexdigest(input):sub(1, 4)
        return out .. #hashlib.sha1_digest(input) .. base64.decode_nopad("YQ"), 100
      end`;
    const forms = `
      local base64, hashing = require "suricata.base64", require "suricata.hashing"
      function transform(input)
        local hasher = hashing.md5()
        hasher.update(input)
        local padopt = base64.decode_padopt("YQ") .. base64.decode_padopt("YQ==")
        local lenient = base64.decode_rfc2045("Y-Q=") .. base64.decode_rfc4648("YWI-")
        local out = padopt .. lenient .. #hasher.finalize() .. hashing.md5_hex_digest(input):sub(1, 4)
        return out, #out
      end`;
    const other = await sensor(
      rule(`luaxform:${script(forms)}; content:"aaaab169001"; bsize:11;`),
      {},
      layer,
    );
    expect(other.see(layer.transactionOf('abc'))).toEqual(['1@1']);
    const watched = await sensor(rule(`luaxform:${script(text)}; content:"YWJjba78900120a";`), {}, layer);
    expect(watched.see(layer.transactionOf('abc'))).toEqual(['1@1']);
  });

  it('can add to datasets', async () => {
    const layer = new Layer();
    const text = `
      local dataset = require("suricata.dataset")
      function thread_init() set = dataset.new() ret, err = set:get("seen") end
      function transform(input) if err == nil then set:add(input, #input) end return input, #input end`;
    const watched = await sensor(
      `${rule('dataset:isset,seen,type string;')}\n` +
        `alert ssh any any -> any any (ssh.software; luaxform:${script(text)}; content:"new"; sid:2;)`,
      {},
      layer,
    );
    expect(watched.see(layer.transactionOf('new')).sort()).toContain('2@1');
    expect(watched.see(layer.transactionOf('new')).sort()).toEqual(['1@2', '2@2']);
  });
});

describe('scripts that fail', () => {
  it.each([
    ['return nil .. ""', 'attempt to concatenate', {}],
    ['while true do end', 'instruction limit exceeded', { instruction_limit_errors: 2 }],
    ['return string.rep("x", 600000)', 'memory limit exceeded', { memory_limit_errors: 2 }],
    ['pcall(print)', 'Blocked Lua function called: pcall', { blocked_function_errors: 2 }],
  ])(
    '%s: neither lua nor its negation matches, and the error is counted and reported once',
    async (body, message, more) => {
      const name = matching(body);
      const watched = await sensor(
        `alert udp any any -> any any (lua:${name}; sid:1;)\nalert udp any any -> any any (lua:!${name}; sid:2;)`,
      );
      expect(watched.see(udp('x'))).toEqual([]);
      expect(watched.thread.counters.read('detect.lua.errors')).toBe(2);
      for (const [counter, value] of Object.entries(more))
        expect(watched.thread.counters.read(`detect.lua.${counter}`)).toBe(value);
      expect(watched.thread.warnings.join()).toContain(`Lua script failed to run successfully: `);
      expect(watched.thread.warnings.join()).toContain(message);
    },
  );

  it('run after a reload', async () => {
    const watched = await sensor(`alert udp any any -> any any (lua:${matching('return 1')}; sid:1;)`);
    expect(watched.see(udp('x'))).toEqual(['1@1']);
    watched.reload(`alert udp any any -> any any (lua:${matching('return 1')}; sid:2;)`);
    expect(watched.see(udp('x'))).toEqual(['2@2']);
  });
});

describe('rejected rules', () => {
  it.each([
    [
      'lua:none.lua;',
      `couldn't load file: cannot open ${join(folder, 'none.lua')}: No such file or directory`,
    ],
    ['lua:!none.lua;', `couldn't load file: cannot open`],
    [`lua:${script('function (')};`, "couldn't load file: "],
    [`lua:${script('function match() end')};`, 'no init function in script'],
    [`lua:${script('function init() return {} end')};`, 'no match function in script'],
    [
      `lua:${script('function init() end function match() end')};`,
      'init function of script returned no table',
    ],
    [`lua:${matching('', '', 'other = true')};`, 'unsupported data type other'],
    [`lua:${script('while true do end')};`, 'instruction limit exceeded'],
    [`luaxform:${matching('')};`, 'no transform function in script'],
  ])('%s', (options, message) => {
    const buffer = options.startsWith('luaxform') ? `ssh.proto; ${options} content:"x";` : options;
    expect(refusal(buffer)).toContain(message);
  });

  it('use scripts although these are not allowed', () => {
    const config = { security: { lua: { 'allow-rules': 'no' } } };
    expect(refusal(`lua:${matching('return 1')};`, config)).toContain('security.lua.allow-rules');
  });

  it('the files that a rule names are listed', () => {
    const name = matching('return 1');
    const { named } = loadRuleText(`alert udp any any -> any any (lua:${name}; sid:1;)`, 'x.rules', {
      config: new Config(CONFIG),
    });
    expect(named).toEqual([join(folder, name)]);
  });
});

describe('objects of libraries', () => {
  it('have a __gc metamethod that accepts any argument and does nothing', async () => {
    const name = script(`
      local packet, flow, rule = require "suricata.packet", require "suricata.flow", require "suricata.rule"
      local hashlib, dataset = require "suricata.hashlib", require "suricata.dataset"
      function init(args) return {} end
      function match(args)
        for _, object in ipairs({packet.get(), rule.get_rule(), hashlib.sha256(), dataset.new()}) do
          getmetatable(object).__gc(nil)
          object:__gc()
        end
        return packet.get():payload() == "x" and 1 or 0
      end`);
    const config: ConfigTree = { security: { lua: { 'allow-restricted-functions': true } } };
    expect(await alerts(`lua:${name};`, [udp('x'), udp('y')], config)).toEqual(['1@1']);
  });
});
