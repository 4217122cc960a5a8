import { changedDecisions } from '../../functions/enforcement/measure';
import type { Report } from './report';

/** Prints whose standing differs between two replays of the same events, and what it comes to. */
export function differences(one: Report, two: Report, nameOne: string, nameTwo: string): void {
  const rows = changedDecisions(one, two);
  console.log(`\n${rows.length} decisions differ between ${nameOne} and ${nameTwo}`);
  const kinds = new Map<string, number>();
  for (const { from, to } of rows) kinds.set(`${from} → ${to}`, (kinds.get(`${from} → ${to}`) ?? 0) + 1);
  for (const [change, count] of [...kinds].sort((x, y) => y[1] - x[1])) console.log(`${String(count).padStart(7)}  ${change}`);
  for (const { account, from, to } of rows.slice(0, 200)) console.log(`${account}: ${from} → ${to}`);
  if (rows.length > 200) console.log(`… and ${rows.length - 200} more`);
}
