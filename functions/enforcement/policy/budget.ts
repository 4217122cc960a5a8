import type { EnforcementPolicy } from '../../../shared/domain/policy/enforcement-policy';
import { DAY, dayLabel, dayOf, HOUR, hourLabel, hourOf } from '../../../shared/domain/time';
import type { Table } from '../../../shared/ports';

export type Budgets = { table: Table; policy: EnforcementPolicy; run: string; now: number };
export type Reserved = { granted: number; until: number; because: string };
type Account = { pk: string; atMost: number; name: string; renews: number };

const POPULATION = { pk: 'BUDGET', sk: 'POPULATION' };

/** How many accounts are active, as the last detection run counted them: the day's share is taken of this. */
export async function notePopulation(table: Table, activeAccounts: number, at: number): Promise<void> {
  await table.put({ ...POPULATION, activeAccounts, at });
}

/**
 * Reserves up to `wanted` actions from the run's, the hour's and the day's budget, before any is asked for. Each counter
 * is added to conditionally, so that workers side by side never exceed it. A crash after a reservation loses it: budgets
 * err on the side of fewer actions.
 */
export async function reserve(wanted: number, budgets: Budgets): Promise<Reserved> {
  const { table, now } = budgets;
  const { left, limiting, accounts } = await look(budgets);
  const granted = Math.min(wanted, left);
  const taken: Account[] = [];
  for (const account of granted > 0 ? accounts : []) {
    const added = await table.add(account.pk, 'USED', 'used', granted, { atMost: account.atMost, expires: expiry(now) });
    if (added.kind === 'added') taken.push(account);
    else {
      // Somebody took it between reading and adding. Give back what was taken, and let the caller come again.
      for (const back of taken) await table.add(back.pk, 'USED', 'used', -granted, { expires: expiry(now) });
      return { granted: 0, until: now, because: `${account.name}: taken by another worker meanwhile` };
    }
  }
  if (granted >= wanted) return { granted, until: now, because: `${granted} actions within budget` };
  return { granted, until: limiting.renews, because: `${limiting.name} of ${limiting.atMost} actions is used up` };
}

/** What was reserved and nobody was asked for. `budgets` as at the reservation: it names the hour and the day that were charged. */
export async function giveBack(unused: number, budgets: Budgets): Promise<void> {
  if (unused === 0) return;
  const expires = expiry(budgets.now);
  for (const { pk } of await budgetsNow(budgets)) await budgets.table.add(pk, 'USED', 'used', -unused, { expires });
}

const expiry = (now: number): number => Math.ceil((now + 3 * DAY) / 1000);

/** How many actions are left now, and which budget says so. */
export async function remaining(budgets: Budgets): Promise<{ left: number; because: string }> {
  const { left, limiting } = await look(budgets);
  return { left, because: `${limiting.name} of ${limiting.atMost} actions` };
}

async function look(budgets: Budgets): Promise<{ left: number; limiting: Account; accounts: readonly Account[] }> {
  const accounts = await budgetsNow(budgets);
  const lefts = await Promise.all(
    accounts.map(async ({ pk, atMost }) => atMost - Number((await budgets.table.get(pk, 'USED'))?.used ?? 0)),
  );
  const left = Math.max(0, Math.min(...lefts));
  const limiting = accounts[lefts.indexOf(Math.min(...lefts))];
  if (!limiting) throw new Error('there are always budgets');
  return { left, limiting, accounts };
}

async function budgetsNow({ table, policy, run, now }: Budgets): Promise<Account[]> {
  const { perRun, perHour, perDay, shareOfActivePerDay } = policy.budget;
  const population = await table.get(POPULATION.pk, POPULATION.sk);
  // Unknown counts as nobody: no budget, no action.
  const share = Math.floor(shareOfActivePerDay.value * Number(population?.activeAccounts ?? 0));
  const nextHour = hourOf(now) + HOUR;
  const nextDay = dayOf(now) + DAY;
  return [
    { pk: `BUDGET#RUN#${run}`, atMost: perRun.value, name: 'the budget of this run', renews: nextHour },
    { pk: `BUDGET#HOUR#${hourLabel(hourOf(now))}`, atMost: perHour.value, name: 'the budget of this hour', renews: nextHour },
    { pk: `BUDGET#DAY#${dayLabel(dayOf(now))}`, atMost: Math.min(perDay.value, share), name: 'the budget of this day', renews: nextDay },
  ];
}
