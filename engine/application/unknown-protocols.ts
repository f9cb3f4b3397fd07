/** Sections of `app-layer.protocols` that name no protocol: they have no effect. */
import type { Config } from '../config/config.js';
import type { Finding } from '../config/declared.js';
import { isMapping } from '../config/scalar.js';
import { nearest } from '../nearest.js';
import { PROTOCOL_PLUGINS } from './load-protocols.js';

const SECTION = 'app-layer.protocols';
/** Shorter names are all similar to each other. */
const MIN_SUGGESTED_LENGTH = 4;

/** @param known names of the existing protocols; those of plugins may have sections of any name */
export function unknownProtocols(config: Config, known: readonly string[]): Finding[] {
  const sections = config.at(SECTION);
  if (!isMapping(sections) || config.read(PROTOCOL_PLUGINS).length > 0) return [];
  return Object.keys(sections)
    .filter(name => !known.includes(name))
    .map(name => ({
      path: `${SECTION}.${name}`,
      kind: 'unaccepted',
      message: messageOf(name, known),
      isWarning: true,
    }));
}

function messageOf(name: string, known: readonly string[]): string {
  const suggestion = name.length < MIN_SUGGESTED_LENGTH ? undefined : nearest(name, known);
  return `unknown protocol ${name}${suggestion === undefined ? '' : `, did you mean ${suggestion}?`}`;
}
