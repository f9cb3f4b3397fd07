import { describe, expect, test } from 'vitest';
import type {
  ApplicationLayer,
  ApplicationSession,
  TransactionUpdate,
} from '../../engine/application-layer.js';
import * as Flow from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import type { Protocol, Transaction } from '../../engine/protocol.js';
import { inline, type PacketSketch, type Sensor, sensorFor } from '../detect/sensor.js';

const NONE = Packet.VERDICT_NONE;
const DROP = Packet.VERDICT_DROP;

interface Request extends Transaction {
  readonly name: string;
}

const toy = {
  name: 'toy',
  transports: ['tcp'],
  progressToServer: ['request_started', 'request_inner', 'request_name', 'request_complete'],
  progressToClient: ['response_started', 'response_complete'],
  innerProgress: ['request_inner'],
  events: [],
  buffers: [
    {
      keyword: 'toy.name',
      direction: 'to_server',
      progress: 2,
      summary: '',
      get: ({ name }: Request) => Buffer.from(name),
    },
  ],
  values: [],
  tests: [],
  record: () => '"toy":{}',
  recognition: {},
} as unknown as Protocol;

class Layer implements ApplicationLayer {
  readonly protocols = [toy];
  updates: TransactionUpdate[] = [];
  readonly closedFiles = [];
  useFrames = () => {};
  sessionOf = () => undefined;
}

const request = (name: string): Request => ({
  id: 0,
  progressToServer: 0,
  progressToClient: 0,
  events: [],
  name,
});

const conversation = {
  protocol: toy,
  flow: 1,
  transactions: [],
  state: undefined,
} as unknown as ApplicationSession;

/** A packet with data, and the request's progress that it brings; undefined: none. */
type Step = number | undefined;

async function talk(firewall: string, policies?: unknown, threats = '') {
  const layer = new Layer();
  const config = {
    'engine-mode': 'ips',
    firewall: { enabled: true, ...(policies !== undefined && { policies }) },
  };
  const sensor: Sensor = await sensorFor(threats, { layer, firewall, config });
  sensor.thread.flows.row[1 * Flow.INTS + Flow.APP_PROTOCOL] = 1;
  const update = (slot: number, transaction: Transaction, progress: number): TransactionUpdate => ({
    slot,
    session: conversation,
    transaction,
    toServer: true,
    progress,
    events: 0,
    bodyLength: -1,
    complete: progress === 3,
  });
  const see = (transaction: Transaction, ...steps: Step[]) => {
    const packets = steps.map(() => inline('x'));
    const withSlots = (slots: readonly number[]) => {
      layer.updates = steps.flatMap((progress, i) =>
        progress === undefined ? [] : [update(slots[i]!, transaction, progress)],
      );
    };
    return sensor.run([{ ...packets[0]!, withSlots }, ...packets.slice(1)]);
  };
  /** All of them arrive with one packet. */
  const together = (transactions: readonly Transaction[], progress: number, data = 'x') => {
    const withSlots = ([slot]: readonly number[]) => {
      layer.updates = transactions.map(each => update(slot!, each, progress));
    };
    return sensor.run([{ ...inline(data), withSlots }]);
  };
  /** A packet without an update. */
  const further = (rest: PacketSketch) => {
    layer.updates = [];
    return sensor.run([{ ...inline('x', rest), ...rest }]).verdicts[0];
  };
  const reset = () => (sensor.thread.flows.row[Flow.INTS + Flow.DETECT_FLAGS]! & Flow.RESET_CLIENT) !== 0;
  return Object.assign(see, {
    together,
    further,
    reset,
    reload: (rules: string) => sensor.reload(threats, rules),
  });
}

const PACKETS = 'accept:hook tcp:all any any <> any any (sid:1;)';

describe('hooks of an application protocol', () => {
  test('each hook that was reached must be accepted', async () => {
    const see = await talk(`${PACKETS}
      accept:hook toy:request_started any any -> any any (alert; sid:2;)`);
    expect(see(request('a'), 0, 2, undefined)).toEqual({
      alerts: ['2@1', '2@2'],
      verdicts: [NONE, DROP, DROP],
    });
  });

  test('without an update, no hook is evaluated', async () => {
    const see = await talk(`${PACKETS}
      accept:hook toy:request_started any any -> any any (alert; sid:2;)`);
    expect(see(request('a'), 0, undefined, 1)).toEqual({
      alerts: ['2@1', '2@3'],
      verdicts: [NONE, NONE, NONE],
    });
  });

  test('after a reload with renumbered rules, a rule that matched does not match again', async () => {
    const accept =
      'accept:hook toy:request_name any any -> any any (toy.name; content:"good"; alert; sid:3;)';
    const again = 'accept:hook toy:request_name any any -> any any (toy.name; content:"oo"; alert; sid:4;)';
    const before = `${PACKETS}\naccept:hook toy:request_started any any -> any any (sid:2;)\n`;
    const see = await talk(before + accept);
    const good = request('good');
    expect(see(good, 0, 2)).toEqual({ alerts: ['3@2'], verdicts: [NONE, NONE] });
    see.reload(before + again + '\n' + accept);
    expect(see(good, 2, 2)).toEqual({ alerts: ['4@3'], verdicts: [NONE, NONE] });
  });

  test('dropped data is also dropped when retransmitted, and so is the data behind it', async () => {
    for (const action of ['drop', 'reject']) {
      const see = await talk(`${PACKETS}
        ${action}:packet toy:request_name any any -> any any (toy.name; content:"bad"; alert; sid:2;)
        accept:hook toy:<request_complete any any -> any any (sid:3;)`);
      const dropped = action === 'drop' ? DROP : Packet.VERDICT_REJECT;
      expect(see(request('bad'), 0, 2, undefined, 2)).toEqual({
        alerts: ['2@2'],
        verdicts: [NONE, dropped, DROP, DROP],
      });
      expect(see.reset()).toBe(action === 'reject');
      // The other direction, and packets without data.
      expect(see.further({ toServer: false })).toBe(NONE);
      expect(see.further({ payload: '', stream: {} })).toBe(NONE);
      expect(see.further({})).toBe(DROP);
    }
  });

  test('data dropped by packet rules is evaluated at the hooks when its retransmission passes them', async () => {
    for (const [name, verdict] of [
      ['bad', DROP],
      ['good', NONE],
    ] as const) {
      for (const [firewall, threats] of [
        ['drop:packet tcp:all any any -> any any (content:"xx"; sid:5;)', ''],
        ['', 'drop tcp-pkt any any -> any any (content:"xx"; sid:5;)'],
      ] as const) {
        const see = await talk(
          `${firewall}
          ${PACKETS}
          accept:hook toy:<request_complete any any -> any any (toy.name; content:"good"; sid:2;)
          accept:hook toy:request_complete any any -> any any (toy.name; content:"good"; sid:3;)`,
          undefined,
          threats,
        );
        expect(see.together([request(name)], 3, 'xx').verdicts).toEqual([DROP]);
        expect(see.further({ toServer: false })).toBe(NONE);
        expect(see.further({})).toBe(verdict);
        expect(see.further({})).toBe(verdict);
      }
    }
  });

  test('all requests of a packet are evaluated, however many', async () => {
    const rules = `${PACKETS}
      accept:hook toy:<request_name any any -> any any (toy.name; content:"good"; sid:2;)`;
    const flood = Array.from({ length: 1100 }, (_, id) => ({ ...request('good'), id }));
    const bad = { ...request('bad'), id: 1100 };
    for (const requests of [
      [bad, ...flood],
      [...flood, bad],
      [...flood.slice(0, 70), bad, ...flood.slice(70)],
    ]) {
      expect((await talk(rules)).together(requests, 2).verdicts).toEqual([DROP]);
      const see = await talk(rules);
      expect(see.together(flood, 2).verdicts).toEqual([NONE]);
      expect(see.together(requests, 2).verdicts).toEqual([DROP]);
    }
  });

  test('conditions inspect the transaction, and alert once', async () => {
    const rules = `${PACKETS}
      accept:hook toy:request_started any any -> any any (sid:2;)
      drop:flow toy:request_name any any -> any any (toy.name; content:"bad"; alert; sid:3;)
      accept:hook toy:request_name any any -> any any (toy.name; content:"good"; alert; sid:4;)
      accept:hook toy:request_complete any any -> any any (sid:5;)`;
    expect((await talk(rules))(request('good'), 0, 2, 2, 3)).toEqual({
      alerts: ['4@2'],
      verdicts: [NONE, NONE, NONE, NONE],
    });
    expect((await talk(rules))(request('bad'), 0, 2, undefined)).toEqual({
      alerts: ['3@2'],
      verdicts: [NONE, DROP, DROP],
    });
    expect((await talk(rules))(request('ugly'), 3)).toEqual({ alerts: [], verdicts: [DROP] });
  });

  test('a transaction, or a flow, can be accepted as a whole', async () => {
    for (const scope of ['tx', 'flow', 'packet']) {
      const see = await talk(`${PACKETS}
        accept:${scope} toy:request_started any any -> any any (sid:2;)`);
      expect(see(request('a'), 0, 3).verdicts).toEqual([NONE, NONE]);
    }
  });

  test('< accepts the hooks before', async () => {
    const see = await talk(`${PACKETS}
      accept:tx toy:<request_name any any -> any any (toy.name; content:"good"; alert; sid:2;)`);
    expect(see(request('good'), 0, 2, 3)).toEqual({ alerts: ['2@2'], verdicts: [NONE, NONE, NONE] });
  });

  test('policies apply to hooks without a rule', async () => {
    const accepting = {
      app: { 'default-policy': ['accept:hook'], toy: { 'request-name': ['drop:packet', 'alert'] } },
    };
    const see = await talk(PACKETS, accepting);
    expect(see(request('a'), 0, 2)).toEqual({ alerts: ['2201001@2'], verdicts: [NONE, DROP] });
  });

  test('hooks are evaluated after threat detection of packets', async () => {
    const see = await talk(
      `${PACKETS}
      accept:hook toy:request_started any any -> any any (alert; sid:2;)`,
      undefined,
      'drop tcp-pkt any any -> any any (content:"x"; sid:10;)',
    );
    expect(see(request('a'), 0)).toEqual({ alerts: ['10@1'], verdicts: [DROP] });
  });

  test('a direction without a part in the transaction is not evaluated', async () => {
    const see = await talk(PACKETS);
    expect(see({ ...request('a'), absent: 'to_server' }, 0, 3).verdicts).toEqual([NONE, NONE]);
    expect(see({ ...request('a'), absent: 'to_client' }, 0).verdicts).toEqual([DROP]);
  });

  test('verdicts do not depend on the size of batches', async () => {
    const rules = `${PACKETS}
      accept:hook toy:request_started any any -> any any (alert; sid:2;)
      accept:hook toy:request_name any any -> any any (toy.name; content:"good"; alert; sid:4;)`;
    const [whole, single] = [await talk(rules), await talk(rules)];
    const [a, b] = [request('good'), request('good')];
    const steps = [0, undefined, 2, 2, 3];
    const parts = steps.map(step => single(b, step));
    expect(whole(a, ...steps)).toEqual({
      alerts: parts.flatMap(({ alerts }) => alerts),
      verdicts: parts.flatMap(({ verdicts }) => verdicts),
    });
  });
});
