/** Settings of MQTT. */
import type { Config } from '../../../engine/config/config.js';
import { boolean, integer, option, size } from '../../../engine/config/option.js';
import { recordTypeSettings } from '../../../engine/config/output-list.js';

const PREFIX = 'app-layer.protocols.mqtt.';
const RECORD = 'outputs.*.eve-log.types.*.mqtt.';

const MAX_MESSAGE_LENGTH = option(
  `${PREFIX}max-msg-length`,
  size,
  1 << 20,
  'maximum bytes of a message; a longer one is skipped',
);
const SUBSCRIBED = option(
  `${PREFIX}subscribe-topic-match-limit`,
  integer(),
  100,
  'maximum topics of a SUBSCRIBE that rules inspect; 0: all',
);
const UNSUBSCRIBED = option(
  `${PREFIX}unsubscribe-topic-match-limit`,
  integer(),
  100,
  'maximum topics of an UNSUBSCRIBE that rules inspect; 0: all',
);
const MAX_TRANSACTIONS = option(
  `${PREFIX}max-tx`,
  integer(1),
  1024,
  'maximum messages without a reply; beyond it the oldest is completed',
);
const PASSWORDS = option(`${RECORD}passwords`, boolean, true, 'log passwords');
const MAX_TEXT_LENGTH = option(`${RECORD}string-log-limit`, size, 1024, 'maximum bytes of logged strings');

export const MQTT_OPTIONS = [
  MAX_MESSAGE_LENGTH,
  SUBSCRIBED,
  UNSUBSCRIBED,
  MAX_TRANSACTIONS,
  PASSWORDS,
  MAX_TEXT_LENGTH,
];

export interface MqttSettings {
  readonly maxMessageLength: number;
  readonly subscribed: number;
  readonly unsubscribed: number;
  readonly maxTransactions: number;
  readonly passwords: boolean;
  readonly maxTextLength: number;
}

export function mqttSettings(config: Config): MqttSettings {
  const entries = recordTypeSettings(config, 'mqtt').flatMap(entry => entry ?? []);
  const texts = entries.map(entry => entry.read({ ...MAX_TEXT_LENGTH, path: 'string-log-limit' }));
  return {
    maxMessageLength: config.read(MAX_MESSAGE_LENGTH),
    subscribed: config.read(SUBSCRIBED),
    unsubscribed: config.read(UNSUBSCRIBED),
    maxTransactions: config.read(MAX_TRANSACTIONS),
    passwords: entries.every(entry => entry.read({ ...PASSWORDS, path: 'passwords' })),
    maxTextLength: texts.length > 0 ? Math.max(...texts) : MAX_TEXT_LENGTH.fallback,
  };
}
