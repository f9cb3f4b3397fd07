/** Parses rules for tests. */
import { Config } from '../../engine/config/config.js';
import type { Protocol } from '../../engine/protocol.js';
import { loadRuleText } from '../../signatures/load-rules.js';
import type { LoadOptions } from '../../signatures/rule-loader.js';
import type { RuleSet } from '../../signatures/rule-set.js';
import type { Match, Signature } from '../../signatures/signature.js';

const CONFIG = new Config({
  vars: {
    'address-groups': {
      HOME_NET: '[192.168.0.0/16,10.0.0.0/8]',
      EXTERNAL_NET: '!$HOME_NET',
      EMPTY: '',
    },
    'port-groups': { HTTP_PORTS: '80', MANY: [80, 443], SHELLCODE_PORTS: '!80' },
  },
});

/** A protocol with one keyword of each kind. */
export const SAMPLE_PROTOCOL = {
  name: 'sample',
  ruleNames: ['sample1'],
  transports: ['tcp'],
  progressToServer: ['request_started', 'request_line', 'request_complete'],
  progressToClient: ['response_started', 'response_complete'],
  events: ['too_long'],
  buffers: [
    {
      keyword: 'sample.uri',
      modifier: 'sample_uri',
      direction: 'to_server',
      progress: 1,
      summary: 'URI.',
      get: () => undefined,
    },
    {
      keyword: 'sample.body',
      aliases: ['sample_body'],
      direction: 'to_client',
      progress: 1,
      summary: 'Body.',
      get: () => undefined,
    },
    {
      keyword: 'sample.names',
      direction: 'either',
      progress: 1,
      summary: 'Names.',
      multiple: true,
      get: () => undefined,
    },
  ],
  values: [
    {
      keyword: 'sample.code',
      bits: 8,
      direction: 'to_client',
      progress: 1,
      summary: 'Code.',
      names: { ok: 0, no: 1 },
      get: () => [],
    },
  ],
  tests: [
    {
      keyword: 'sample.mode',
      direction: 'either',
      progress: 1,
      summary: 'Mode.',
      parse(argument: string | undefined) {
        if (argument !== 'fast') throw new Error('fast expected');
        return argument;
      },
      matches: () => true,
    },
  ],
  record: () => '',
  recognition: {},
} as unknown as Protocol;

export function load(rules: string, options: Partial<LoadOptions> = {}): RuleSet {
  return loadRuleText(rules, 'test.rules', { config: CONFIG, protocols: [SAMPLE_PROTOCOL], ...options });
}

/** The only signature of a valid rule. */
export function parse(rule: string): Signature {
  const { signatures, errors, unsupported } = load(rule);
  if (errors[0])
    throw new Error(`${errors[0].message} at ${errors[0].position.line}:${errors[0].position.column}`);
  if (unsupported[0]) throw new Error(unsupported[0].reason);
  return signatures[0]!;
}

/** A rule with these options. */
export function withOptions(options: string, header = 'alert tcp any any -> any any'): string {
  return `${header} (${options} sid:1;)`;
}

/** The error of a rule with these options. */
export function refusal(options: string, header?: string): string | undefined {
  return load(withOptions(options, header)).errors[0]?.message;
}

/** Conditions on packet, flow and state. */
export function conditions(options: string): readonly Match[] {
  return parse(withOptions(options)).conditions;
}

/** Conditions on the first buffer. */
export function onBuffer(options: string, header?: string): readonly Match[] {
  return parse(withOptions(options, header)).buffers[0]?.conditions ?? [];
}
