/** `frame:http1.request`: inspects a frame that a parser marked in the stream. */
import { frameBuffer } from '../../engine/frames/frame-protocol.js';
import type { Protocol } from '../../engine/protocol.js';
import type { Keyword } from '../keyword.js';
import type { RuleBuilder } from '../rule-builder.js';
import type { RuleBuffer } from '../rule-context.js';
import { RuleError } from '../rule-error.js';

/** The keyword for the frames of the given protocols. */
export function frameKeyword(protocols: readonly Protocol[]): Keyword {
  return {
    name: 'frame',
    family: 'payload',
    summary: "Selects a frame as the buffer: a part of the stream marked by the protocol's parser.",
    grammar: '[protocol.]name',
    features: ['sticky buffer'],
    parse(rule, argument, at) {
      const found = frameNamed(protocols, rule, argument!);
      if (!found) {
        if (rule.context.protocols.get(rule.protocol)?.kind !== 'absent')
          throw new RuleError(`unknown frame "${argument}"`, at, known(protocols));
        rule.markUnsupported(`frames of ${rule.protocol} are not supported yet`);
        rule.setBuffer(frameBuffer(rule.protocol, argument!), at);
        return;
      }
      rule.useProtocol([found.owner], 'frame', at);
      rule.setBuffer(frameBuffer(found.owner.frames!.prefix, found.name), at);
    },
  };
}

/** Frame buffers, as described for rules. */
export function frameBuffers(protocols: readonly Protocol[]): RuleBuffer[] {
  return protocols.flatMap(({ name, frames }) =>
    (frames?.buffers ?? []).map(({ keyword }) => ({ keyword, protocol: name, direction: 'either' })),
  );
}

interface Found {
  readonly owner: Protocol;
  readonly name: string;
}

/** In a rule for that protocol the protocol name may be omitted. */
function frameNamed(
  protocols: readonly Protocol[],
  { protocol }: RuleBuilder,
  text: string,
): Found | undefined {
  for (const owner of protocols) {
    const { frames } = owner;
    if (!frames) continue;
    const prefixes = [frames.prefix, owner.name].filter(prefix => text.startsWith(`${prefix}.`));
    for (const prefix of prefixes) {
      const name = text.slice(prefix.length + 1);
      if (frames.frameNames.includes(name)) return { owner, name };
    }
    const isOwn = owner.name === protocol || owner.ruleNames?.includes(protocol);
    if (isOwn && frames.frameNames.includes(text)) return { owner, name: text };
  }
  return undefined;
}

function known(protocols: readonly Protocol[]): string {
  const names = protocols.flatMap(({ frames }) =>
    (frames?.frameNames ?? []).map(name => `${frames!.prefix}.${name}`),
  );
  return `one of ${names.join(', ')}`;
}
