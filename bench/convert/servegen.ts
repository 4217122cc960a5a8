import { join } from 'node:path';
import { HOUR } from '../../shared/domain/time';
import { Dice } from '../../simulator/draws/dice';
import type { Truth } from '../../simulator/simulate';
import type { Source } from '../eval/worlds';
import { type Row, readCsv } from './csv';
import { sourceOf, type Timed, usage } from './events';

/**
 * 197 production API clients over 14 days as honest accounts. The files hold, for windows of ten minutes, the rate and the
 * variation of the gaps; requests are drawn from them. A client with more than `most` requests is slowed down as a
 * whole (its rates times one factor), so that its shape over days stays and the run stays short. Nothing is known about the
 * clients' owners, addresses or prompts, so nothing is said.
 */
const EPOCH = Date.parse('2025-06-02T00:00:00Z');
const WINDOW = 600;
const QUANTILES = [
  ['p05', 0.05],
  ['p25', 0.25],
  ['p50', 0.5],
  ['p75', 0.75],
  ['p90', 0.9],
  ['p99', 0.99],
] as const;

type Quantiles = readonly (readonly [number, number])[];
/** A draw from a distribution known by its quantiles, linear between them, cut at the outer ones. */
const drawn = (dice: Dice, quantiles: Quantiles): number => {
  const u = dice.next();
  const above = quantiles.findIndex(([, p]) => p >= u);
  if (above === 0) return quantiles[0]![0];
  if (above < 0) return quantiles.at(-1)![0];
  const [low, from] = quantiles[above - 1]!;
  const [high, to] = quantiles[above]!;
  return Math.round(low + ((u - from) / (to - from)) * (high - low));
};

/** A gap in units of the mean gap: a Gamma with the recorded coefficient of variation (the files' own scales do not add up to their rates). */
const unitGap = (dice: Dice, row: Row): number => {
  const variation = Number(row('iat_cv'));
  return variation > 0 ? dice.gamma(1 / (variation * variation)) : dice.exponential(1);
};

/** Moments in seconds: gaps are carried over from window to window in units of the mean gap, so that slow clients keep their rate. */
function* momentsOf(dice: Dice, windows: readonly Row[], slower: number): Generator<{ at: number; window: number }> {
  let owed = dice.next();
  for (const row of windows) {
    const rate = Number(row('rate_rps')) / slower;
    const begin = Number(row('window_start_s'));
    if (!(rate > 0)) continue;
    let at = begin + owed / rate;
    for (; at < begin + WINDOW; at += unitGap(dice, row) / rate) yield { at, window: begin };
    owed = (at - begin - WINDOW) * rate;
  }
}

const tokenTable = (folder: string): ((client: string, second: number, field: string) => Quantiles | undefined) => {
  const table = new Map<string, Quantiles>();
  for (const row of readCsv(join(folder, 'tokens.csv.gz')))
    table.set(
      `${row('pool')}/${row('client')}/${Math.floor(Number(row('window_start_s')) / 21_600)}/${row('field')}`,
      QUANTILES.map(([name, p]) => [Number(row(name)), p]),
    );
  return (client, second, field) => table.get(`${client}/${Math.floor(second / 21_600)}/${field}`);
};

/** What a client without a token table is taken to send: between the medians of the clients that have one. */
const USUAL: Quantiles = [
  [100, 0.05],
  [400, 0.5],
  [2_000, 0.99],
];

export const servegen = (data: string, most = 3_000): Source => {
  const folder = join(data, 'servegen');
  const clients = new Map<string, Row[]>();
  for (const row of readCsv(join(folder, 'rates.csv.gz'))) {
    const name = `${row('pool')}/${row('client')}`;
    const list = clients.get(name);
    if (list) list.push(row);
    else clients.set(name, [row]);
  }
  const tokens = tokenTable(folder);
  const events: Timed[] = [];
  const truths: Truth[] = [];
  for (const [name, windows] of clients) {
    const dice = new Dice(`servegen/${name}`);
    const slower = Math.max(1, windows.reduce((sum, row) => sum + Number(row('rate_rps')) * WINDOW, 0) / most);
    let sent = 0;
    for (const { at, window } of momentsOf(dice, windows, slower)) {
      const inputTokens = drawn(dice, tokens(name, window, 'input_tokens') ?? USUAL);
      const outputTokens = drawn(dice, tokens(name, window, 'output_tokens') ?? USUAL);
      events.push(
        usage('gateway', `${name}/${sent++}`, EPOCH + Math.floor(at * 1_000), name, {
          model: name.split('/')[0] ?? name,
          inputTokens,
          outputTokens,
          channel: 'api',
        }),
      );
    }
    truths.push({ id: name, kind: 'api-client', label: 'honest', total: sent });
  }
  return sourceOf(
    'servegen',
    0,
    events.filter((event) => event.at >= EPOCH && event.at < EPOCH + 15 * 24 * HOUR),
    truths,
  );
};
