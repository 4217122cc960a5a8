import { join } from 'node:path';
import { HOUR, hourOf, iso, MINUTE } from '../../shared/domain/time';
import type { Truth } from '../../simulator/simulate';
import type { Source } from '../eval/worlds';
import { readCsv } from './csv';
import { account, sourceOf, type Timed, usage } from './events';

/**
 * Accounts of a token airdrop as accounts of a model provider (docs/evaluation.md says why, and what is lost):
 *
 * - first use → `createdAt` and the time of the first request;
 * - total volume v (US dollars, 1,000 to 40 million) → max(1, min(60, v/1,000)) requests, a minute apart from the first use on,
 *   whose input tokens add up to v. The later moments are ours; the data knows only the first;
 * - counterparties → payment instruments. A transfer between accounts a and b gives both the instruments of a's and b's wallet,
 *   one with an outsider x gives the instrument of x. One account event for each, a second apart before the first use, the
 *   wallet that most accounts hold last: the data has no times, and whoever keeps few instruments then keeps the common payer;
 * - instruments that only one account holds are left out: they link nothing.
 */
const EPOCH = Date.parse('2021-06-21T00:00:00Z');
const REQUESTS = { dollars: 1_000, most: 60 };

export type LabelSource = 'manual_report' | 'auto_component' | 'eligible';
export type HopSybil = { source: Source; labelSource: ReadonlyMap<string, LabelSource> };

const labelSourceOf = (text: string): LabelSource => {
  if (text === 'manual_report' || text === 'auto_component') return text;
  if (text === '') return 'eligible';
  throw new Error(`labels.csv.gz: unknown label_source "${text}"`);
};

/** account -> the wallets that it shares with somebody, those with few holders first. */
const instruments = (folder: string): Map<string, string[]> => {
  const holders = new Map<string, Set<string>>();
  const hold = (id: string, wallet: string): void => {
    const known = holders.get(wallet);
    if (known) known.add(id);
    else holders.set(wallet, new Set([id]));
  };
  for (const row of readCsv(join(folder, 'edges.csv.gz'))) {
    const from = row('from');
    const to = row('to');
    hold(from, to);
    if (to.startsWith('x')) continue;
    for (const wallet of [from, to]) hold(to, wallet);
    hold(from, from);
  }
  const held = new Map<string, string[]>();
  const shared = [...holders].filter(([, ids]) => ids.size > 1).sort((x, y) => x[1].size - y[1].size || (x[0] < y[0] ? -1 : 1));
  for (const [wallet, ids] of shared) for (const id of ids) held.set(id, [...(held.get(id) ?? []), wallet]);
  return held;
};

export const hopSybil = (data: string): HopSybil => {
  const folder = join(data, 'hop-sybil');
  const labels = new Map(
    readCsv(join(folder, 'labels.csv.gz')).map((row) => [
      row('account'),
      { sybil: row('is_sybil') === '1', cluster: row('cluster'), source: labelSourceOf(row('label_source')) },
    ]),
  );
  const held = instruments(folder);
  const events: Timed[] = [];
  const truths: Truth[] = [];
  for (const row of readCsv(join(folder, 'accounts.csv.gz'))) {
    const id = row('account');
    const label = labels.get(id);
    if (!label) throw new Error(`labels.csv.gz says nothing about account ${id}`);
    const first = EPOCH + Number(row('first_use_s')) * 1_000;
    const dollars = Number(row('total_volume_usd'));
    const requests = Math.max(1, Math.min(REQUESTS.most, Math.round(dollars / REQUESTS.dollars)));
    const wallets = held.get(id) ?? [];
    events.push(account('accounts', `${id}-0`, first - (wallets.length + 1) * 1_000, id, { createdAt: iso(first) }));
    for (const [i, wallet] of wallets.entries())
      events.push(account('accounts', `${id}-${i + 1}`, first - (wallets.length - i) * 1_000, id, { paymentInstrument: wallet }));
    const byHour = new Map<number, number>();
    for (let i = 0; i < requests; i++) {
      const at = first + i * MINUTE;
      const tokens = Math.round((dollars * (i + 1)) / requests) - Math.round((dollars * i) / requests);
      events.push(usage('gateway', `${id}/${i}`, at, id, { model: 'bridge', inputTokens: tokens, outputTokens: 0 }));
      byHour.set(hourOf(at), (byHour.get(hourOf(at)) ?? 0) + 1);
    }
    truths.push(
      label.sybil
        ? { id, kind: 'operator', label: 'distillation', campaign: label.cluster, total: requests, first, byHour: [...byHour] }
        : { id, kind: 'eligible', label: 'honest', total: requests, first },
    );
  }
  const source = sourceOf('hop-sybil', 0, events, truths);
  // Hours count from the start of the stream, which is known only now.
  for (const truth of truths) truth.byHour = truth.byHour?.map(([hour, n]) => [(hour - source.start) / HOUR, n]);
  return { source, labelSource: new Map([...labels].map(([id, label]) => [id, label.source])) };
};
