/** Keywords of MQTT. A message is inspected in the direction it was sent. */
import { parseFlags } from '../../../engine/flags.js';
import { compileInteger, type IntegerCondition, type IntegerTest } from '../../../engine/integers.js';
import type { BufferDeclaration, TestDeclaration, ValueDeclaration } from '../../../engine/protocol.js';
import * as Type from './control-packet.js';
import { TYPE_NAMES } from './control-packet.js';
import { COMPLETE, type MqttTransaction } from './exchange.js';
import type { ConnectParts, Message } from './message.js';

type Buffer_ = BufferDeclaration<MqttTransaction>;
type Value = ValueDeclaration<MqttTransaction>;
type Test = TestDeclaration<MqttTransaction>;

const AT = { direction: 'either', progress: COMPLETE } as const;

function sent({ messages }: MqttTransaction, toServer: boolean): readonly Message[] {
  return messages.filter(message => message.toServer === toServer);
}

function connectBuffer(
  name: string,
  summary: string,
  of: (parts: ConnectParts) => Uint8Array | undefined,
): Buffer_ {
  return {
    ...AT,
    keyword: `mqtt.connect.${name}`,
    summary,
    get(transaction, toServer) {
      const connect = sent(transaction, toServer).find(each => each.connect)?.connect;
      return connect && of(connect);
    },
  };
}

function publishBuffer(
  name: string,
  summary: string,
  of: (message: Message) => Uint8Array | undefined,
): Buffer_ {
  return {
    ...AT,
    keyword: `mqtt.publish.${name}`,
    summary,
    get(transaction, toServer) {
      const message = sent(transaction, toServer).find(({ header }) => header.type === Type.PUBLISH);
      return message && of(message);
    },
  };
}

function topicsOf(
  keyword: string,
  type: number,
  limit: 'subscribed' | 'unsubscribed',
  summary: string,
): Buffer_ {
  return {
    ...AT,
    keyword,
    summary,
    multiple: true,
    get(transaction, toServer, index) {
      const most = transaction.settings[limit];
      if (most > 0 && index >= most) return undefined;
      const message = sent(transaction, toServer).find(({ header }) => header.type === type);
      return message?.topics?.names.at(index);
    },
  };
}

export const BUFFERS: readonly Buffer_[] = [
  connectBuffer('clientid', 'Client identifier.', ({ clientId }) => clientId),
  connectBuffer('username', 'User name.', ({ username }) => username),
  connectBuffer('password', 'Password.', ({ password }) => password),
  connectBuffer('protocol_string', 'Protocol name.', ({ protocol }) => protocol),
  connectBuffer('willtopic', 'Will topic.', ({ will }) => will?.topic),
  connectBuffer('willmessage', 'Will message.', ({ will }) => will?.message),
  publishBuffer('topic', 'Topic of the published message.', ({ topic }) => topic),
  publishBuffer('message', 'Published message.', ({ payload }) => payload),
  topicsOf('mqtt.subscribe.topic', Type.SUBSCRIBE, 'subscribed', 'Topic of a subscription.'),
  topicsOf('mqtt.unsubscribe.topic', Type.UNSUBSCRIBE, 'unsubscribed', 'Topic that is unsubscribed from.'),
];

function value(
  keyword: string,
  summary: string,
  of: (message: Message) => readonly number[],
  more: Partial<Value> = {},
): Value {
  return {
    ...AT,
    keyword,
    summary,
    bits: 8,
    get: (transaction, toServer) => sent(transaction, toServer).flatMap(message => of(message)),
    ...more,
  };
}

const TYPES = Object.fromEntries(TYPE_NAMES.map((name, number) => [name, number]));

export const VALUES: readonly Value[] = [
  value('mqtt.type', 'Message type.', ({ header }) => [header.type], { names: TYPES }),
  value('mqtt.qos', 'Quality of service of a message.', ({ header }) => [header.qos]),
  value(
    'mqtt.reason_code',
    'Reason code or return code.',
    ({ header, codes }) => (header.type === Type.SUBACK ? [] : (codes ?? [])),
    {
      aliases: ['mqtt.connack.return_code'],
    },
  ),
  {
    ...AT,
    keyword: 'mqtt.protocol_version',
    summary: 'Protocol version.',
    bits: 8,
    get: ({ version, messages }, toServer) =>
      sent({ messages } as MqttTransaction, toServer).length > 0 ? [version] : [],
  },
];

const HEADER_FLAGS = { retain: 1, dup: 8 };
const CONNECT_FLAGS = {
  username: 0x80,
  password: 0x40,
  will_retain: 0x20,
  will: 0x04,
  clean_session: 0x02,
};
const TRUTH = new Map([
  ['yes', true],
  ['true', true],
  ['no', false],
  ['false', false],
]);

export const TESTS: readonly Test[] = [
  {
    ...AT,
    keyword: 'mqtt.flags',
    summary: 'Flags of a message: retain, dup, each optionally negated with !, or a number.',
    grammar: '[!]retain | [!]dup [, …] | [<|>|<=|>=|!]number | number-number',
    parse: argument => parseFlags(argument, 'mqtt.flags', HEADER_FLAGS),
    compile: parsed => compileInteger(parsed as IntegerTest),
    matches(transaction, toServer, compiled) {
      const holds = compiled as IntegerCondition;
      return sent(transaction, toServer).some(({ header }) =>
        holds((header.retain ? HEADER_FLAGS.retain : 0) | (header.dup ? HEADER_FLAGS.dup : 0)),
      );
    },
  },
  {
    ...AT,
    keyword: 'mqtt.connect.flags',
    summary:
      'Flags of CONNECT: username, password, will, will_retain, clean_session, each optionally negated with !, or a number.',
    grammar: '[!]flag [, …] | [<|>|<=|>=|!]number | number-number',
    parse: argument => parseFlags(argument, 'mqtt.connect.flags', CONNECT_FLAGS),
    compile: parsed => compileInteger(parsed as IntegerTest),
    matches(transaction, toServer, compiled) {
      const holds = compiled as IntegerCondition;
      return sent(transaction, toServer).some(({ connect }) => connect !== undefined && holds(connect.flags));
    },
  },
  {
    ...AT,
    keyword: 'mqtt.connack.session_present',
    aliases: ['mqtt.connack.sessionpresent'],
    summary: 'Whether the server has a session: yes or no.',
    grammar: 'yes | no',
    parse(argument) {
      const wanted = TRUTH.get((argument ?? '').trim().toLowerCase());
      if (wanted === undefined) throw new Error('expected yes or no');
      return wanted;
    },
    matches: (transaction, toServer, parsed) =>
      sent(transaction, toServer).some(({ sessionPresent }) => sessionPresent === parsed),
  },
];
