import { packSiblings } from 'd3-hierarchy';
import type { Schemas } from '../api';

/**
 * Where the accounts of a link graph lie. Not by forces, which make a ball of wool of 25,000 accounts and take a minute:
 * each account lies in the disc of what ties it most strongly, core accounts in the middle of their disc (phyllotaxis), and the discs are
 * packed. So a disc reads as "these pay with one card", and the lines between discs as what joins them. The same graph
 * gives the same picture. `disc` is the place in `groups`, by account. Groups come largest first.
 */
export type Placed = { x: Float64Array; y: Float64Array; disc: Int32Array; groups: Group[] };
export type Group = { shared: number | null; size: number; x: number; y: number; r: number };

const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
const SPACING = 1;
const COMMON = 0.5;

export function layout(
  graph: Pick<Schemas['Graph'], 'accounts' | 'roles' | 'scores' | 'shared' | 'from' | 'to' | 'weight' | 'reasons'>,
): Placed {
  const tie = strongestTies(graph);
  const discs = new Map<number, number[]>();
  tie.forEach((shared, account) => {
    const disc = discs.get(shared);
    if (disc) disc.push(account);
    else discs.set(shared, [account]);
  });
  const ordered = [...discs].sort(([one, some], [other, others]) => others.length - some.length || one - other);
  const circles = packSiblings(
    ordered.map(([shared, accounts]) => ({ shared, accounts, x: 0, y: 0, r: SPACING * (Math.sqrt(accounts.length) + 1.5) })),
  );
  const placed: Placed = {
    x: new Float64Array(graph.accounts.length),
    y: new Float64Array(graph.accounts.length),
    disc: new Int32Array(graph.accounts.length),
    groups: [],
  };
  for (const { shared, accounts, x, y, r } of circles) {
    accounts.sort(
      (one, other) => (graph.roles[one] ?? 0) - (graph.roles[other] ?? 0) || (graph.scores[other] ?? 0) - (graph.scores[one] ?? 0),
    );
    accounts.forEach((account, place) => {
      const radius = SPACING * Math.sqrt(place + 0.5);
      placed.disc[account] = placed.groups.length;
      placed.x[account] = x + radius * Math.cos(place * GOLDEN_ANGLE);
      placed.y[account] = y + radius * Math.sin(place * GOLDEN_ANGLE);
    });
    placed.groups.push({ shared: shared < 0 ? null : shared, size: accounts.length, x, y, r });
  }
  return placed;
}

/**
 * By account: the shared thing that carries most weight on its links; -1 for accounts without a link. What most of the campaign holds
 * tells its accounts apart from the world but not from each other: it is taken only where there is nothing else.
 */
function strongestTies({ accounts, shared, from, to, weight, reasons }: Parameters<typeof layout>[0]): Int32Array {
  const weights: Map<number, number>[] = accounts.map(() => new Map());
  from.forEach((source, link) => {
    const places = reasons[link] ?? [];
    const portion = (weight[link] ?? 0) / Math.max(1, places.length);
    for (const place of places) {
      for (const account of [source, to[link] ?? 0]) {
        // A hub of a star holds many links of one thing; they count once, like everybody's.
        const held = weights[account];
        held?.set(place, Math.max(held.get(place) ?? 0, portion));
      }
    }
  });
  return Int32Array.from(weights, (held) => {
    let best = -1;
    let most = 0;
    for (const [place, value] of held) {
      const holders = shared[place]?.members ?? 0;
      const worth = holders > COMMON * accounts.length ? value / 1_000 : value;
      if (worth > most || (worth === most && holders > (shared[best]?.members ?? 0))) [best, most] = [place, worth];
    }
    return best;
  });
}
