/** Settings of MQTT. */
import type { Config } from '../../../engine/config/config.js';
import { boolean, integer, option, size } from '../../../engine/config/option.js';
import { recordTypeSettings } from '../../../engine/config/output-list.js';

const PREFIX = 'app-layer.protocols.mqtt.';
const RECORD = 'outputs.*.eve-log.types.*.mqtt.';

const LONGEST = option(
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
const MOST_TRANSACTIONS = option(
  `${PREFIX}max-tx`,
  integer(1),
  1024,
  'maximum messages without a reply; beyond it the oldest is completed',
);
const PASSWORDS = option(`${RECORD}passwords`, boolean, true, 'log passwords');
const LONGEST_TEXT = option(`${RECORD}string-log-limit`, size, 1024, 'maximum bytes of logged strings');

export const MQTT_OPTIONS = [LONGEST, SUBSCRIBED, UNSUBSCRIBED, MOST_TRANSACTIONS, PASSWORDS, LONGEST_TEXT];

export interface MqttSettings {
  readonly longestMessage: number;
  readonly subscribed: number;
  readonly unsubscribed: number;
  readonly mostTransactions: number;
  readonly passwords: boolean;
  readonly longestText: number;
}

export function mqttSettings(config: Config): MqttSettings {
  const entries = recordTypeSettings(config, 'mqtt').flatMap(entry => entry ?? []);
  const texts = entries.map(entry => entry.read({ ...LONGEST_TEXT, path: 'string-log-limit' }));
  return {
    longestMessage: config.read(LONGEST),
    subscribed: config.read(SUBSCRIBED),
    unsubscribed: config.read(UNSUBSCRIBED),
    mostTransactions: config.read(MOST_TRANSACTIONS),
    passwords: entries.every(entry => entry.read({ ...PASSWORDS, path: 'passwords' })),
    longestText: texts.length > 0 ? Math.max(...texts) : LONGEST_TEXT.fallback,
  };
}
