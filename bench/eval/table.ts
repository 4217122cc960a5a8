/** A Markdown table, columns as wide as they need to be: readable in a terminal, pasted as it is into a document. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
};

export const percent = (share: number | undefined): string =>
  share === undefined ? '—' : `${(100 * share).toFixed(share > 0.995 && share < 1 ? 2 : 1)} %`;
export const number = (value: number | undefined, digits = 1): string =>
  value === undefined ? '—' : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
