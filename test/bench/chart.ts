/** Charts as SVG, for the documentation. */

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BarChart {
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface Curve {
  readonly title: string;
  /** Labels of the axes. */
  readonly x: string;
  readonly y: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 860;
const ROW = 18;
const LABEL = 260;
const STYLE =
  '<style>text{font:12px sans-serif;fill:#333}.t{font-weight:bold}.b{fill:#4a7fb5}.w{stroke:#222}.c{fill:none;stroke:#4a7fb5;stroke-width:2}.a{stroke:#999}</style>';

/** Horizontal bars with their spread. */
export function bars(caption: string, charts: readonly BarChart[]): string {
  const parts: string[] = [text(10, 20, caption)];
  let y = 44;
  for (const { title, bars: each } of charts) {
    parts.push(text(10, y, title, 't'));
    const scale = (WIDTH - LABEL - 90) / Math.max(...each.map(bar => bar.high), 1e-9);
    for (const bar of each) {
      y += ROW;
      parts.push(...row(bar, y, scale));
    }
    y += 2 * ROW;
  }
  return svg(WIDTH, y, parts);
}

function row({ name, value, low, high }: Bar, y: number, scale: number): string[] {
  const at = (number: number) => (LABEL + number * scale).toFixed(1);
  return [
    text(14, y, name),
    `<rect class="b" x="${LABEL}" y="${y - 10}" width="${(value * scale).toFixed(1)}" height="11"/>`,
    `<line class="w" x1="${at(low)}" x2="${at(high)}" y1="${y - 4.5}" y2="${y - 4.5}"/>`,
    text(LABEL + high * scale + 6, y, value.toFixed(value < 10 ? 3 : 0)),
  ];
}

const PLOT = { width: 360, height: 200, left: 60, top: 40 };

/** Curves with logarithmic x axes, two per row. */
export function curves(caption: string, all: readonly Curve[]): string {
  const parts = [text(10, 20, caption)];
  all.forEach((curve, i) => {
    const [x, y] = [(i % 2) * (PLOT.width + 70), 30 + Math.floor(i / 2) * (PLOT.height + 90)];
    parts.push(`<g transform="translate(${x} ${y})">${plot(curve).join('')}</g>`);
  });
  return svg(2 * (PLOT.width + 70), 30 + Math.ceil(all.length / 2) * (PLOT.height + 90), parts);
}

function plot({ title, x, y, points }: Curve): string[] {
  const { width, height, left, top } = PLOT;
  const logs = points.map(([at]) => Math.log(at));
  const [first, last] = [Math.min(...logs), Math.max(...logs)];
  const highest = Math.max(...points.map(([, value]) => value), 1e-9);
  const px = (at: number) => left + ((Math.log(at) - first) / (last - first || 1)) * (width - left);
  const py = (value: number) => top + (1 - value / highest) * (height - top);
  const path = points.map(([at, value]) => `${px(at).toFixed(1)},${py(value).toFixed(1)}`).join(' ');
  return [
    text(left, 20, title, 't'),
    `<line class="a" x1="${left}" x2="${left}" y1="${top}" y2="${height}"/>`,
    `<line class="a" x1="${left}" x2="${width}" y1="${height}" y2="${height}"/>`,
    `<polyline class="c" points="${path}"/>`,
    ...points.map(
      ([at, value]) => `<circle class="b" r="3" cx="${px(at).toFixed(1)}" cy="${py(value).toFixed(1)}"/>`,
    ),
    ...points.map(([at]) => text(px(at) - 12, height + 16, short(at))),
    text(4, top + 4, short(highest)),
    text(left, height + 34, `${x}; up: ${y}`),
  ];
}

/** `36k`, `2M`, `0.51` */
function short(value: number): string {
  if (value >= 1e6) return `${+(value / 1e6).toFixed(1)}M`;
  if (value >= 1e3) return `${+(value / 1e3).toFixed(1)}k`;
  return String(+value.toPrecision(3));
}

function text(x: number, y: number, content: string, style = ''): string {
  const safe = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y}"${style && ` class="${style}"`}>${safe}</text>`;
}

function svg(width: number, height: number, parts: readonly string[]): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const background = `<rect width="${width}" height="${height}" fill="#fff"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${STYLE}${background}\n${parts.join('\n')}\n</svg>\n`;
}
