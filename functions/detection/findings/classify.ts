import { KINDS, type Kind } from '../../../shared/domain/campaign';
import type { DetectionPolicy, Sign } from '../../../shared/domain/detection-policy';
import type { Measures } from './measures';

const clamp = (value: number): number => Math.max(0, Math.min(1, value));

/** A pool has at least this many addresses: an office has one or two. */
const POOL = 4;

/** An address is a place for this many accounts; for two it is chance, or a pool of which few exits were seen. */
const CROWD = { none: 2, full: 5 };

/** The signs of a group, each 0 (absent) to 1 (fully there). What cannot be measured yet is 0: an abstention, not an acquittal. */
export function signsOf(m: Measures): Record<Sign, number> {
  const onePayer = m.paying === 0 ? 1 : clamp((m.payer - 0.5) / 0.4);
  const name = clamp((m.customer - 0.5) / 0.3);
  const customer = name * onePayer;
  const exits = m.poolSize >= POOL ? m.pooled : 0;
  const pool = exits * (1 - customer);
  const manyPayers = m.payers >= 3 || m.paying === 0;
  const narrow = clamp(m.families.content / 6);
  const asks = clamp(Math.max(m.elicits, m.grading));
  return {
    machineDay: m.rest === undefined ? 0 : clamp((m.rest - 0.12) / 0.12),
    humanDay: m.rest === undefined ? 0 : clamp((0.16 - m.rest) / 0.06),
    even: m.dispersion === undefined ? 0 : clamp((1 - m.dispersion) / 0.5),
    bursty: m.dispersion === undefined ? 0 : clamp((m.dispersion - 1.5) / 1.5),
    narrow,
    asks,
    harvest: asks * narrow,
    hidden: Math.max(pool, manyPayers ? (m.tooled * (1 - customer)) / 4 : 0),
    pool,
    cards: cardsOf(m) * (m.payers === 2 ? 1 - name : 1),
    customer,
    payerAlone: m.paying > 0.5 && m.payer > 0.9 ? (1 - customer) * (1 - exits) : 0,
    place: m.poolSize > 0 && m.poolSize < POOL ? clamp((m.pooled - 0.4) / 0.4) * crowded(m) : 0,
    old: m.old,
    taken: m.old * m.taken,
    pivot: clamp(m.pivot / 0.2),
  };
}

/** Few cards, each for several accounts; one card is a sign of its own. */
const cardsOf = ({ payers, paying, size }: Measures): number =>
  payers >= 2 && paying > 0.5 ? clamp((0.7 - payers / (paying * size)) / 0.3) : 0;

const crowded = ({ pooled, poolSize, size }: Measures): number =>
  clamp(((pooled * size) / poolSize - CROWD.none) / (CROWD.full - CROWD.none));

type Judgement = { kind: Kind; probabilities: Record<Kind, number> };

/**
 * Softmax over the kinds of the policy's weighted signs. The likeliest kind is named if it is as likely as `namedFrom`; if none is, the
 * group is unclear. Calibration: docs/evaluation.md.
 */
export function kindOf(measures: Measures, policy: Pick<DetectionPolicy, 'kinds' | 'namedFrom'>): Judgement {
  const signs = signsOf(measures);
  const odds: Record<Kind, number> = { distillation: 0, reselling: 0, 'hijacked-keys': 0, 'shared-origin': 0, unclear: 0 };
  for (const { kind, sign, weight } of policy.kinds) odds[kind] += weight * (sign === 'always' ? 1 : signs[sign]);
  const most = Math.max(...Object.values(odds));
  let total = 0;
  for (const kind of KINDS) total += Math.exp(odds[kind] - most);
  const probabilities = { ...odds };
  let named: Kind = 'unclear';
  for (const kind of KINDS) {
    probabilities[kind] = Math.exp(odds[kind] - most) / total;
    if (probabilities[kind] >= policy.namedFrom.value) named = kind;
  }
  return { kind: named, probabilities };
}
