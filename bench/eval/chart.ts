/**
 * Line charts as SVG text. Sixty lines instead of a library: the installed one draws on a canvas in a browser, and a file that
 * opens anywhere and compares byte by byte needs neither (docs/decisions/0012).
 */
export type Series = { readonly name: string; readonly points: readonly { x: number; y: number; note?: string }[] };
export type Chart = { readonly title: string; readonly x: string; readonly y: string; readonly series: readonly Series[] };

const WIDTH = 860;
const HEIGHT = 460;
const EDGE = { left: 64, right: 220, top: 48, bottom: 56 };
/** Okabe and Ito's palette: told apart with any colour vision. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#555555'];
const DASHES = ['', '6 3', '2 3', '8 3 2 3', '4 4', '1 4', '10 4'];

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const text = (x: number, y: number, content: string, extra = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${extra}>${escaped(content)}</text>`;

/** 1, 2 and 5 times the powers of ten between two positive numbers. */
export const logTicks = (low: number, high: number): number[] => {
  const powers = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, i) => Math.floor(Math.log10(low)) + i,
  );
  return powers.flatMap((power) => [1, 2, 5].map((m) => Number((m * 10 ** power).toPrecision(6)))).filter((v) => v >= low && v <= high);
};

/** `x` is positive, on a logarithmic scale; `y` runs from 0 to 1 and is labelled in per cent. */
export const lineChart = ({ title, x, y, series }: Chart): string => {
  const xs = series.flatMap((s) => s.points.map((p) => p.x));
  const low = Math.min(...xs);
  const high = Math.max(...xs, low * 1.01);
  const across = (value: number): number => EDGE.left + (Math.log(value / low) / Math.log(high / low)) * (WIDTH - EDGE.left - EDGE.right);
  const up = (value: number): number => HEIGHT - EDGE.bottom - value * (HEIGHT - EDGE.top - EDGE.bottom);
  const right = WIDTH - EDGE.right;
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (v) =>
      `<line x1="${EDGE.left}" x2="${right}" y1="${up(v)}" y2="${up(v)}" stroke="#ddd"/>${text(EDGE.left - 8, up(v) + 4, `${v * 100} %`, 'text-anchor="end"')}`,
  );
  const foot = logTicks(low, high).map((v) => text(across(v), HEIGHT - EDGE.bottom + 18, String(v), 'text-anchor="middle"'));
  const lines = series.map((s, i) => {
    const colour = COLOURS[i % COLOURS.length];
    const points = [...s.points].sort((a, b) => a.x - b.x);
    const path = points.map((p) => `${across(p.x).toFixed(1)},${up(p.y).toFixed(1)}`).join(' ');
    const dots = points.map(
      (p) =>
        `<circle cx="${across(p.x).toFixed(1)}" cy="${up(p.y).toFixed(1)}" r="3.5" fill="${colour}"><title>${escaped(`${s.name}: ${(100 * p.y).toFixed(1)} % at ${p.x.toFixed(2)}${p.note ? `, ${p.note}` : ''}`)}</title></circle>`,
    );
    const key = `<line x1="${right + 14}" x2="${right + 40}" y1="${EDGE.top + 20 * i}" y2="${EDGE.top + 20 * i}" stroke="${colour}" stroke-width="2" stroke-dasharray="${DASHES[i % DASHES.length]}"/>${text(right + 46, EDGE.top + 4 + 20 * i, s.name)}`;
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${DASHES[i % DASHES.length]}"/>${dots.join('')}${key}`;
  });
  const labels = [
    text(EDGE.left, 24, title, 'font-size="15" font-weight="600"'),
    text((EDGE.left + right) / 2, HEIGHT - 12, x, 'text-anchor="middle"'),
    text(EDGE.left - 48, EDGE.top - 10, y),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${escaped(title)}"><rect width="100%" height="100%" fill="#fff"/>${grid.join('')}${foot.join('')}${lines.join('')}${labels.join('')}</svg>\n`;
};
