/**
 * Parses test.yaml like the tool it was written for: YAML 1.1, where `yes` is true and the last of two equal keys wins,
 * but where `.` is a string (a file name), and so are `y` and `n`.
 */
import { parse, type ScalarTag, type Tags } from 'yaml';

const DIGIT = /\d|inf|nan/i;
const LETTER_ALONE = /^[yn]$/i;

export function parseYaml11(text: string): unknown {
  return parse(text, { version: '1.1', uniqueKeys: false, customTags: tags => tags.map(narrowed) as Tags });
}

function narrowed(tag: Tags[number]): Tags[number] {
  if (typeof tag !== 'object' || !('test' in tag) || !(tag.test instanceof RegExp)) return tag;
  if (tag.tag.endsWith(':float')) return restricted(tag as ScalarTag, text => DIGIT.test(text));
  if (tag.tag.endsWith(':bool')) return restricted(tag as ScalarTag, text => !LETTER_ALONE.test(text));
  return tag;
}

/** The same tag, matching fewer strings. */
function restricted(tag: ScalarTag, accepts: (text: string) => boolean): ScalarTag {
  const pattern = tag.test!;
  const test = { test: (text: string) => pattern.test(text) && accepts(text) };
  return { ...tag, test: test as RegExp };
}
