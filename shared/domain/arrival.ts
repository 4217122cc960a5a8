/** What arrived from one producer over some time: how much, and which fields came with it. */
export type Arrival = {
  accepted: number;
  refused: { [reason: string]: number };
  /** Of the accepted: usage events, and events about accounts. */
  usage: number;
  accounts: number;
  /** When the newest accepted event was, ms; 0 before any. */
  latest: number;
  /** Events that say something at each field. */
  fields: { [Name in ArrivalField]?: number };
};

/** Fields whose absence keeps a family of evidence silent. */
export const USAGE_FIELDS = ['address', 'client', 'prompt', 'apiKey', 'durationMs', 'labels'] as const;
export const FACT_FIELDS = ['payment', 'signup', 'organization', 'emailDomain', 'createdAt'] as const;
export type ArrivalField = (typeof USAGE_FIELDS)[number] | (typeof FACT_FIELDS)[number];

export const nothingArrived = (): Arrival => ({ accepted: 0, refused: {}, usage: 0, accounts: 0, latest: 0, fields: {} });

export type Arrivals = { [producer: string]: Arrival };

/** Adds what arrived from each producer. */
export function addArrivals(sum: Arrivals, more: Arrivals): Arrivals {
  for (const [producer, one] of Object.entries(more)) {
    const known = sum[producer] ?? nothingArrived();
    sum[producer] = known;
    known.accepted += one.accepted;
    known.usage += one.usage;
    known.accounts += one.accounts;
    known.latest = Math.max(known.latest, one.latest);
    for (const [reason, count] of Object.entries(one.refused)) known.refused[reason] = (known.refused[reason] ?? 0) + count;
    for (const [field, count] of Object.entries(one.fields) as [ArrivalField, number][])
      known.fields[field] = (known.fields[field] ?? 0) + count;
  }
  return sum;
}

/** Of which events a field is a share: usage has some, facts others. */
const isUsageField = (field: ArrivalField): boolean => (USAGE_FIELDS as readonly string[]).includes(field);
/** Shares 0..1 of the fields, over all producers; of usage events, or of account events. */
export function fieldShares(arrivals: Arrivals): { [Name in ArrivalField]: number } {
  const all = Object.values(arrivals);
  const share = (field: ArrivalField): number => {
    const of = all.reduce((sum, one) => sum + (isUsageField(field) ? one.usage : one.accounts), 0);
    const with_ = all.reduce((sum, one) => sum + (one.fields[field] ?? 0), 0);
    return of === 0 ? 0 : Math.round((1000 * with_) / of) / 1000;
  };
  return Object.fromEntries([...USAGE_FIELDS, ...FACT_FIELDS].map((field) => [field, share(field)])) as { [Name in ArrivalField]: number };
}

/** Which families of evidence there cannot be, and why; in plain words. */
export function silentFamilies(arrivals: Arrivals): string[] {
  const all = Object.values(arrivals);
  const usage = all.reduce((sum, one) => sum + one.usage, 0);
  const accounts = all.reduce((sum, one) => sum + one.accounts, 0);
  const has = (field: ArrivalField): boolean => all.some((one) => (one.fields[field] ?? 0) > 0);
  const silent: string[] = [];
  if (usage === 0) return ['no usage events: there is nothing to compare'];
  if (!has('address') && !has('client')) silent.push('no addresses and no clients: no evidence from infrastructure');
  else if (!has('address')) silent.push('no addresses: of infrastructure, evidence from clients only');
  else if (!has('client')) silent.push('no clients: of infrastructure, evidence from addresses only');
  if (!has('prompt')) silent.push('no prompts: no evidence from content');
  if (accounts === 0) silent.push('no account events: no evidence from payment or registration, and nobody can be acted on');
  else {
    if (!has('payment')) silent.push('no payment facts: no evidence from payment');
    if (!has('signup') && !has('createdAt') && !has('emailDomain')) silent.push('no sign-up facts: no evidence from registration');
  }
  return silent;
}
