import type { Report } from './report';

/** Prints whose standing differs between two replays of the same events, and what it comes to. */
export function differences(one: Report, two: Report, nameOne: string, nameTwo: string): void {
  const standing = (report: Report) => new Map(report.accounts.map(({ id, standing }) => [id, standing]));
  const a = standing(one);
  const b = standing(two);
  const rows = [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((id) => {
    const [before, after] = [a.get(id) ?? 'left alone', b.get(id) ?? 'left alone'];
    return before === after ? [] : [{ id, before, after }];
  });
  console.log(`\n${rows.length} decisions differ between ${nameOne} and ${nameTwo}`);
  const kinds = new Map<string, number>();
  for (const { before, after } of rows) kinds.set(`${before} → ${after}`, (kinds.get(`${before} → ${after}`) ?? 0) + 1);
  for (const [change, count] of [...kinds].sort((x, y) => y[1] - x[1])) console.log(`${String(count).padStart(7)}  ${change}`);
  for (const { id, before, after } of rows.slice(0, 200)) console.log(`${id}: ${before} → ${after}`);
  if (rows.length > 200) console.log(`… and ${rows.length - 200} more`);
}
