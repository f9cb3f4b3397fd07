import { describe, expect, test, vi } from 'vitest';
import type {
  ApplicationLayer,
  ApplicationSession,
  TransactionUpdate,
} from '../../engine/application-layer.js';
import type { ConfigTree } from '../../engine/config/config.js';
import * as Flow from '../../engine/flow/flow-record.js';
import { HyperscanMatcher } from '../../engine/matcher/hyperscan.js';
import { QgramMatcher } from '../../engine/matcher/qgram.js';
import * as Packet from '../../engine/packet.js';
import type { Protocol, Transaction } from '../../engine/protocol.js';
import { flowEnd, MATCHERS, type PacketSketch, type Sensor, sensorFor, tcp } from './sensor.js';

/** A protocol for tests: a request with a name and headers, a response with a code and a body. */
interface Exchange extends Transaction {
  name?: string;
  headers: string[];
  code?: string;
  body: string;
  parts?: string[];
}

const bytes = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text, 'latin1'));

const toy = {
  name: 'toy',
  transports: ['tcp'],
  progressToServer: ['start', 'name', 'headers', 'complete'],
  progressToClient: ['start', 'code', 'body', 'complete'],
  events: ['odd', 'long'],
  buffers: [
    {
      keyword: 'toy.name',
      direction: 'to_server',
      progress: 1,
      summary: '',
      get: (t: Exchange) => bytes(t.name),
    },
    {
      keyword: 'toy.header',
      direction: 'to_server',
      progress: 2,
      multiple: true,
      summary: '',
      get: (t: Exchange, _: boolean, i: number) => bytes(t.headers[i]),
    },
    {
      keyword: 'toy.code',
      direction: 'to_client',
      progress: 1,
      summary: '',
      get: (t: Exchange) => bytes(t.code),
    },
    {
      keyword: 'toy.body',
      direction: 'to_client',
      progress: 2,
      growing: true,
      summary: '',
      get: (t: Exchange) => bytes(t.body),
    },
    {
      keyword: 'toy.text',
      direction: 'to_client',
      progress: 2,
      growing: true,
      summary: '',
      get: (t: Exchange) => bytes(t.body),
    },
    {
      keyword: 'toy.part',
      direction: 'to_client',
      progress: 2,
      growing: true,
      multiple: true,
      summary: '',
      get: (t: Exchange, _: boolean, i: number) => bytes(t.parts?.[i]),
    },
  ],
  values: [
    {
      keyword: 'toy.size',
      bits: 32,
      direction: 'to_server',
      progress: 1,
      summary: '',
      get: (t: Exchange) => [t.name?.length ?? 0],
    },
  ],
  tests: [],
  record: (t: Exchange) => `"toy":{"name":"${t.name}"}`,
  recognition: {},
} as unknown as Protocol;

interface UpdateSketch {
  readonly transaction: Exchange;
  readonly toServer: boolean;
  readonly progress: number;
  readonly events?: number;
  readonly bodyLength?: number;
  /** Data that the packet adds to its stream. */
  readonly data?: string;
  readonly flags?: number;
}

class Layer implements ApplicationLayer {
  readonly protocols = [toy];
  updates: TransactionUpdate[] = [];
  readonly closedFiles = [];
  useFrames = () => {};
  sessionOf = () => undefined;
}

class FlowSketch {
  private constructor(
    readonly layer: Layer,
    readonly sensor: Sensor,
  ) {}

  static async with(
    rules: string,
    matcher: 'qgram' | 'hyperscan' = 'qgram',
    config: ConfigTree = {},
  ): Promise<FlowSketch> {
    const layer = new Layer();
    const sensor = await sensorFor(rules, { matcher, layer, config });
    sensor.thread.flows.row[1 * Flow.INTS + Flow.APP_PROTOCOL] = 1;
    return new FlowSketch(layer, sensor);
  }

  /** One packet for each update; in batches of `size`. */
  see(updates: readonly UpdateSketch[], size = updates.length): string[] {
    const alerts: string[] = [];
    for (let i = 0; i < updates.length; i += size) alerts.push(...this.batch(updates.slice(i, i + size)));
    return alerts;
  }

  private batch(updates: readonly UpdateSketch[]): string[] {
    const packets: PacketSketch[] = updates.map(({ toServer, data, flags = 0 }) =>
      tcp(data === undefined ? { toServer } : { toServer, stream: { data, toServer, flags } }),
    );
    return this.sensor.see(...packets, {
      ...tcp(),
      withSlots: slots => {
        this.layer.updates = updates.map((each, i) => updateOf(each, slots[i]!));
      },
    });
  }
}

function updateOf(
  { transaction, toServer, progress, events, bodyLength }: UpdateSketch,
  slot: number,
): TransactionUpdate {
  const session = {
    protocol: toy,
    flow: 1,
    transactions: [],
    state: undefined,
  } as unknown as ApplicationSession;
  return {
    slot,
    session,
    transaction,
    toServer,
    progress,
    events: events ?? transaction.events.length,
    bodyLength: bodyLength ?? -1,
    complete: progress === 3,
  };
}

const exchange = (parts: Partial<Exchange>): Exchange => ({
  id: 0,
  progressToServer: 0,
  progressToClient: 0,
  events: [],
  headers: [],
  body: '',
  ...parts,
});

describe.each(MATCHERS)('transactions with %s', matcher => {
  const ask = () =>
    exchange({ name: 'evil', headers: ['a: 1', 'b: x-evil'], code: '200', body: 'abcdefghij' });
  const request = (transaction = ask()): UpdateSketch[] =>
    [1, 2, 3].map(progress => ({ transaction, toServer: true, progress }));

  test('a buffer alerts once, when it is available', async () => {
    const t = await FlowSketch.with(
      'alert toy any any -> any any (toy.name; content:"evil"; sid:1;)',
      matcher,
    );
    expect(t.see(request())).toEqual(['1@1']);
  });

  test('a rule may use any number of buffers', async () => {
    const many = (last: string) =>
      `${'toy.header; content:"a: 1"; '.repeat(40)} toy.header; content:"${last}";`;
    const t = await FlowSketch.with(
      `alert toy any any -> any any (${many('x-evil')} sid:1;)
       alert toy any any -> any any (${many('y-evil')} sid:2;)
       alert toy any any -> any any (toy.name; content:"evil"; ${many('x-evil')} sid:3;)`,
      matcher,
    );
    expect(t.see(request())).toEqual(['1@2', '3@2']);
  });

  test('absent:or_else matches if the buffer is absent or contains the pattern', async () => {
    const t = await FlowSketch.with(
      `alert toy any any -> any any (toy.name; absent:or_else; content:"evil"; sid:1;)
       alert toy any any -> any any (toy.name; absent:or_else; content:"good"; sid:2;)`,
      matcher,
    );
    expect(t.see(request()).map(alert => alert[0])).toEqual(['1']);
    expect(t.see(request(exchange({}))).map(alert => alert[0])).toEqual(['1', '2']);
  });

  test('patterns are searched in the result of all transforms', async () => {
    const t = await FlowSketch.with(
      `alert toy any any -> any any (toy.name; pcrexform:"e(..)l"; content:"vi"; startswith; endswith; sid:1;)
       alert toy any any -> any any (toy.name; pcrexform:"e(..)l"; from_base64; content:"|be|"; sid:2;)
       alert toy any any -> any any (toy.name; pcrexform:"e(..)l"; content:"evil"; sid:3;)`,
      matcher,
    );
    expect(t.see(request())).toEqual(['1@1', '2@1']);
  });

  test('several buffers of a rule may arrive in any order', async () => {
    const t = await FlowSketch.with(
      `alert toy any any -> any any (toy.name; content:"evil"; toy.header; content:"x-evil"; sid:1;)
       alert toy any any -> any any (toy.name; content:"evil"; toy.header; content:"y-evil"; sid:2;)
       alert toy any any -> any any (toy.name; content:"evil"; toy.size:4; sid:3;)
       alert toy any any -> any any (toy.name; content:"evil"; toy.size:>4; sid:4;)`,
      matcher,
    );
    expect(t.see(request())).toEqual(['3@1', '1@2']);
  });

  test('beyond packet-alert-max, alerts with the highest precedence are kept, of packets or transactions', async () => {
    const see = async (last: string, config: ConfigTree = {}) => {
      const rules = `
        alert tcp any any -> any any (dsize:0; priority:2; sid:1;)
        alert tcp any any -> any any (dsize:0; priority:2; sid:2;)
        alert tcp any any -> any any (dsize:0; priority:2; sid:3;)
        ${last}`;
      const t = await FlowSketch.with(rules, matcher, { 'packet-alert-max': 2, ...config });
      return t.see([{ transaction: ask(), toServer: true, progress: 3 }]).filter(each => each.endsWith('@1'));
    };
    const asked = 'toy any any -> any any (toy.name; content:"evil"; sid:4;';
    expect(await see(`alert ${asked} priority:3;)`)).toEqual(['1@1', '2@1']);
    expect(await see(`alert ${asked} priority:1;)`)).toEqual(['4@1', '1@1']);
    expect(await see(`pass ${asked})`)).toEqual([]);
    const passesLast = { 'action-order': ['alert', 'drop', 'pass', 'reject'] };
    expect(await see(`pass ${asked})`, passesLast)).toEqual(['1@1', '2@1']);
  });

  test('inline, a request that ends its stream is inspected with its payload', async () => {
    const rules = 'alert toy any any -> any any (content:"evil"; fast_pattern; toy.size:>3; sid:1;)';
    const t = await FlowSketch.with(rules, matcher, { stream: { reassembly: { 'toserver-chunk-size': 1 } } });
    const flags = Packet.STREAM_INLINE | Packet.STREAM_END;
    expect(t.see([{ transaction: ask(), toServer: true, progress: 3, data: 'evil', flags }])).toEqual([
      '1@1',
    ]);
  });

  test('a flowbit is seen whether a request is in one packet or in several', async () => {
    const rules = `
      alert toy any any -> any any (toy.header; content:"x-evil"; flowbits:set,bad; noalert; sid:1;)
      alert toy any any -> any any (flowbits:isset,bad; toy.name; content:!"good"; sid:2;)
      alert toy any any -> any any (flowbits:isnotset,bad; toy.name; content:!"good"; sid:3;)
      alert toy any 81 -> any any (flowbits:isset,bad; toy.name; content:!"good"; sid:4;)`;
    const transaction = ask();
    const whole = await FlowSketch.with(rules, matcher);
    expect(whole.see([{ transaction, toServer: true, progress: 3 }])).toEqual(['2@1']);
    expect((await FlowSketch.with(rules, matcher)).see(request())).toEqual(['3@1', '2@2']);
  });

  test('alerts do not depend on the size of batches', async () => {
    const rules = `alert toy any any -> any any (toy.name; content:"evil"; toy.header; content:"x-evil"; sid:1;)
      alert toy any any -> any any (toy.code; content:"200"; toy.body; content:"fgh"; sid:2;)`;
    const updates = (transaction = ask()): UpdateSketch[] => [
      ...request(transaction),
      { transaction, toServer: false, progress: 1 },
      { transaction, toServer: false, progress: 2, bodyLength: 7 },
      { transaction, toServer: false, progress: 3, bodyLength: 10 },
    ];
    expect((await FlowSketch.with(rules, matcher)).see(updates())).toEqual(['1@2', '2@6']);
    const single = (await FlowSketch.with(rules, matcher)).see(updates(), 1);
    expect(single.map(alert => alert.split('@')[0])).toEqual(['1', '2']);
  });

  test('a body without data does not exist, nor does its digest', async () => {
    const rules = `
      alert toy any any -> any any (toy.code; content:"200"; toy.body; to_sha256; content:"|e3 b0 c4 42|"; sid:1;)
      alert toy any any -> any any (toy.code; content:"200"; toy.body; to_sha256; content:!"|00 00|"; sid:2;)
      alert toy any any -> any any (toy.code; content:"200"; toy.body; absent; sid:3;)`;
    const t = await FlowSketch.with(rules, matcher);
    const none = exchange({ code: '200', body: '' });
    expect(t.see([{ transaction: none, toServer: false, progress: 2 }])).toEqual([]);
    expect(t.see([{ transaction: none, toServer: false, progress: 3 }])).toEqual(['3@3']);
    const late = exchange({ code: '200', body: '' });
    expect(t.see([{ transaction: late, toServer: false, progress: 2 }])).toEqual([]);
    late.body = 'abc';
    expect(t.see([{ transaction: late, toServer: false, progress: 3, bodyLength: 3 }])).toEqual(['2@7']);
  });

  test('a growing body is scanned piece by piece and matches across pieces', async () => {
    const t = await FlowSketch.with(
      'alert toy any any -> any any (toy.body; content:"fgh"; sid:1;)',
      matcher,
    );
    const transaction = exchange({ body: 'abcdefghij' });
    const grow = (bodyLength: number, progress = 2): UpdateSketch => ({
      transaction,
      toServer: false,
      progress,
      bodyLength,
    });
    expect(t.see([grow(3), grow(7), grow(9), grow(10), grow(10, 3)])).toEqual(['1@3']);
    expect(t.sensor.thread.counters.read('detect.scanned_bytes')).toBe(10);
  });

  test('the scan state of an unfinished body is released when the flow ends', async () => {
    const opened = vi.spyOn(
      matcher === 'qgram' ? QgramMatcher.prototype : HyperscanMatcher.prototype,
      'openStream',
    );
    const closed = vi.spyOn(
      matcher === 'qgram' ? QgramMatcher.prototype : HyperscanMatcher.prototype,
      'closeStream',
    );
    const t = await FlowSketch.with(
      'alert toy any any -> any any (toy.body; content:"fgh"; sid:1;)',
      matcher,
    );
    const transaction = exchange({ body: 'abcdefghij' });
    expect(t.see([{ transaction, toServer: false, progress: 2, bodyLength: 5 }])).toEqual([]);
    t.layer.updates = [];
    t.sensor.see(flowEnd());
    t.sensor.see(tcp({ flow: 2 }));
    expect([opened.mock.calls.length, closed.mock.calls.length]).toEqual([1, 1]);
    vi.restoreAllMocks();
  });

  test('a growing buffer keeps its scan state among hundreds of others and values of a multi-buffer', async () => {
    const others = Array.from({ length: 255 }, (_, i) => {
      const key = i.toString(16).padStart(2, '0');
      return `alert toy any any -> any any (toy.body; xor:"${key}"; content:"never"; sid:${i + 10};)`;
    });
    const t = await FlowSketch.with(
      `alert toy any any -> any any (toy.part; content:"second"; sid:1;)
       ${others.join('\n')}
       alert toy any any -> any any (toy.body; content:"abc"; sid:999;)`,
      matcher,
    );
    const transaction = exchange({ body: 'abc', parts: ['first', 'a second'] });
    const grown: UpdateSketch = { transaction, toServer: false, progress: 2, bodyLength: 20 };
    expect(t.see([grown])).toEqual(['1@1', '999@1']);
  });

  test('a growing buffer keeps its scan state while others are added in the same update', async () => {
    const room = 65_536;
    const t = await FlowSketch.with(
      `alert toy any any -> any any (toy.body; content:"fgh"; sid:1;)
       alert toy any any -> any any (toy.text; content:"fgh"; sid:2;)`,
      matcher,
      { detect: { 'scan-room': room } },
    );
    const shown = (body: string, length: number, progress: number): UpdateSketch => ({
      transaction: body === split.body ? split : exchange({ body }),
      ...{ toServer: false, progress, bodyLength: length },
    });
    const split = exchange({ body: 'xfgh' });
    expect(t.see([shown(split.body, 2, 2)])).toEqual([]);
    // The room is full between the two buffers of the second update; the third begins new searches.
    const large = 'y'.repeat(Math.floor((room - 2) / 2));
    const alerts = t.see([shown(large, large.length, 2), shown(split.body, 4, 3), shown('zzzz', 4, 2)]);
    expect(alerts.map(alert => alert.split('@')[0])).toEqual(['1', '2']);
  });

  test('app-layer-event matches the event that is set, not another one', async () => {
    const t = await FlowSketch.with(
      `alert toy any any -> any any (app-layer-event:toy.odd; sid:1;)
       alert toy any any -> any any (app-layer-event:toy.long; sid:2;)`,
      matcher,
    );
    const transaction = exchange({ events: [1] });
    expect(
      t.see([
        { transaction, toServer: true, progress: 0, events: 0 },
        { transaction, toServer: true, progress: 1 },
      ]),
    ).toEqual(['2@2']);
  });

  test('a stream match applies to the transactions of the packet it is inspected with', async () => {
    const t = await FlowSketch.with(
      'alert toy any any -> any any (content:"evil"; toy.size:1; sid:1;)',
      matcher,
      {
        stream: { reassembly: { 'toserver-chunk-size': 8, 'randomize-chunk-size': 'no' } },
      },
    );
    const updateWith = (data: string): UpdateSketch => ({
      transaction: exchange({ name: 'x' }),
      ...{ toServer: true, progress: 2, data },
    });
    expect(t.see(['evil', '1', '2', '3', '45', '6'].map(updateWith))).toEqual(['1@5']);
  });

  test('request and response match in one signature', async () => {
    const t = await FlowSketch.with(
      'alert toy any any => any any (toy.name; content:"evil"; toy.code; content:"200"; sid:1;)',
      matcher,
    );
    const transaction = exchange({ name: 'evil', code: '200' });
    const updates = [true, true, false, false].map((toServer, i) => ({
      transaction,
      toServer,
      progress: [1, 3, 1, 3][i]!,
    }));
    expect(t.see(updates)).toEqual(['1@3']);
  });
});
