/** A side in readable form: text where it is text, a hex dump otherwise; gaps and overlaps are shown in place. */
import { latin1 } from '../../latin1.js';
import { bytesOf, type Side } from './side.js';

const PER_LINE = 16;

/** Lines without line ends. */
export function textLines(side: Side): string[] {
  return [title(side), ...body(side), ...overlapLines(side), ''];
}

/** `tcp 10.0.0.1:1234 -> 10.0.0.2:80` */
export function title(side: Side): string {
  const length = side.data.reduce((sum, chunk) => sum + chunk.length, 0);
  const facts = [`policy ${side.policy}`, `${length} bytes`];
  if (side.gaps.length > 0) facts.push(`${side.gaps.length} gaps`);
  if (side.overlaps.length > 0) facts.push(`${side.overlaps.length} overlaps with different data`);
  if (side.cut > 0) facts.push(`${side.cut} more not shown`);
  facts.push(`end: ${side.end}`);
  return `${side.proto} ${place(side.src, side.sport)} -> ${place(side.dst, side.dport)}  ${facts.join(', ')}`;
}

function place(address: string, port: number | undefined): string {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function body(side: Side): string[] {
  const data = bytesOf(side);
  const show = isText(data) ? showText : showHex;
  const lines: string[] = [];
  // Offsets in the data, and in the stream.
  let at = 0;
  let offset = 0;
  for (const gap of side.gaps) {
    const length = gap.offset - offset;
    lines.push(...show(data.subarray(at, at + length), offset));
    lines.push(`  [gap: ${gap.length} bytes at offset ${gap.offset}]`);
    at += length;
    offset = gap.offset + gap.length;
  }
  return [...lines, ...show(data.subarray(at), offset)];
}

function overlapLines(side: Side): string[] {
  return side.overlaps.map(({ offset, existing, received }) => {
    return `  [overlap at offset ${offset}: first ${printable(existing)}, then ${printable(received)}]`;
  });
}

function isText(data: Uint8Array): boolean {
  const sample = data.subarray(0, 4096);
  const strange = sample.filter(
    byte => byte !== 9 && byte !== 10 && byte !== 13 && (byte < 32 || byte > 126),
  );
  return strange.length * 20 <= sample.length;
}

function showText(data: Uint8Array): string[] {
  if (data.length === 0) return [];
  const lines = latin1(data).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map(line => `  ${escaped(line.replace(/\r$/, ''))}`);
}

function showHex(data: Uint8Array, offset: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < data.length; at += PER_LINE) {
    const part = data.subarray(at, at + PER_LINE);
    const hex = Array.from(part, byte => byte.toString(16).padStart(2, '0')).join(' ');
    const text = Array.from(part, byte => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join(
      '',
    );
    lines.push(`  ${(offset + at).toString(16).padStart(8, '0')}  ${hex.padEnd(PER_LINE * 3)} ${text}`);
  }
  return lines;
}

function printable(data: Uint8Array): string {
  return `"${escaped(latin1(data))}"`;
}

/** Escapes control characters that a terminal would interpret. */
function escaped(text: string): string {
  return text.replace(/[^\x20-\x7e\t]/g, char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
