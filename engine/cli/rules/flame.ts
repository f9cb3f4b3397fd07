/** A flame graph (SVG) of nested time spans: below each span the spans it consists of. */

export interface Flame {
  readonly name: string;
  readonly time: number;
  readonly parts: readonly Flame[];
}

const WIDTH = 1200;
const ROW = 20;
const MARGIN = 30;
/** Narrower spans are not drawn. */
const NARROWEST = 0.5;
const LETTER = 7;

/** @param title above the picture; spans show their text on hover */
export function flamePicture(whole: Flame, title: string): string {
  const rows: string[] = [];
  const depth = draw(whole, 0, WIDTH, 0, whole.time, rows);
  const height = MARGIN + (depth + 1) * ROW + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="4" y="18">${escaped(title)}</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

/** @returns depth of the deepest span drawn */
function draw(flame: Flame, x: number, width: number, depth: number, whole: number, rows: string[]): number {
  if (width < NARROWEST) return depth - 1;
  rows.push(renderNode(flame, x, width, depth, whole));
  let deepest = depth;
  let at = x;
  for (const part of flame.parts) {
    const own = flame.time === 0 ? 0 : (width * part.time) / flame.time;
    deepest = Math.max(deepest, draw(part, at, own, depth + 1, whole, rows));
    at += own;
  }
  return deepest;
}

function renderNode({ name, time }: Flame, x: number, width: number, depth: number, whole: number): string {
  const y = MARGIN + depth * ROW;
  const share = whole === 0 ? 0 : (100 * time) / whole;
  const letters = Math.floor((width - 6) / LETTER);
  const text = letters < 3 ? '' : name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
  return (
    `<g><title>${escaped(name)}: ${time.toFixed(3)} ms, ${share.toFixed(1)}%</title>` +
    `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(0.2, width - 0.5).toFixed(1)}" height="${ROW - 1}" fill="${colour(name)}"/>` +
    (text === '' ? '' : `<text x="${(x + 3).toFixed(1)}" y="${y + 14}">${escaped(text)}</text>`) +
    '</g>'
  );
}

/** The same name has the same colour everywhere. */
function colour(name: string): string {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (hash * 31 + name.charCodeAt(i)) % 360;
  return `hsl(${20 + (hash % 40)}, ${70 + (hash % 20)}%, ${65 + (hash % 15)}%)`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
}
