/** `filename`, `fileext` and `filemagic` in the format of engine analysis: contents on `file.name` and `file.magic`. */
import type { BufferConditions, ContentMatch, Match, Signature } from '../signature.js';

interface FileText {
  readonly text: string;
  readonly negated: boolean;
}

const BUFFERS: Readonly<Record<string, string>> = {
  filename: 'file.name',
  fileext: 'file.name',
  filemagic: 'file.magic',
};

/** The same signature with these keywords turned into contents. */
export function withFileContents(signature: Signature): Signature {
  const texts = signature.conditions.filter(isFileText);
  if (texts.length === 0) return signature;
  return {
    ...signature,
    conditions: signature.conditions.filter(match => !isFileText(match)),
    buffers: [...signature.buffers, ...texts.map(asContents)],
  };
}

function isFileText(match: Match): boolean {
  const { text } = (match['parsed'] ?? {}) as Partial<FileText>;
  return match.kind === 'protocol-test' && String(match['keyword']) in BUFFERS && text !== '';
}

function asContents(match: Match): BufferConditions {
  const keyword = String(match['keyword']);
  const { text, negated } = match['parsed'] as FileText;
  const extension = keyword === 'fileext';
  const content: ContentMatch = {
    kind: 'content',
    bytes: extension ? `.${text}` : text,
    nocase: true,
    negated,
    ...(extension && { endswith: true }),
  };
  return { buffer: BUFFERS[keyword]!, transforms: [], conditions: [content] };
}
