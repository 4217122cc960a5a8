import { z } from 'zod';
import { type SharedIndicator, type SharedObject, sharedObject } from '../../../shared/domain/campaigns/shared-indicator';

/**
 * Everything that a collection of another lab's TAXII 2.1 server holds, read as if it lied: pages that go round in a circle, that never
 * end, that are empty and say that there is more, answers of another type, objects of another time. Whoever calls brings the way to ask,
 * with its own limits of time and size of one answer.
 */
export const MOST_PAGES = 1_000;
export const MOST_OBJECTS_PULLED = 50_000;
/** Pages without an object in a row: more are no collection. */
const MOST_EMPTY_PAGES = 3;
/** Refusals that are told: the first show what is wrong. */
const MOST_TOLD = 20;

export type Answered =
  /** `added`: the header X-TAXII-Date-Added-Last. */
  | { kind: 'answer'; status: number; type: string; body: string; added?: string }
  /** It took too long, was too large, led elsewhere, or nobody was there. */
  | { kind: 'failed'; because: string };
export type Ask = (query: Readonly<Record<string, string>>) => Promise<Answered>;

export type Pulled = {
  kind: 'pulled';
  /** The newest version of each, revoked and past ones too. */
  objects: SharedObject[];
  refused: { id: string; because: string }[];
  refusedInAll: number;
  pages: number;
  /** Where the next pull begins: when the last was added, as the server says; null: nothing came. */
  last: string | null;
};

const Envelope = z.looseObject({
  more: z.boolean().default(false),
  next: z.string().max(2_000).optional(),
  objects: z.array(z.unknown()).default([]),
});
const TAXII = /^application\/taxii\+json\s*(;\s*version=2\.1)?\s*$/i;

export async function pull(
  ask: Ask,
  { now, since }: { now: number; since?: string },
): Promise<Pulled | { kind: 'failed'; because: string }> {
  const failed = (because: string) => ({ kind: 'failed' as const, because });
  const newest = new Map<string, SharedObject>();
  const refused: Pulled['refused'] = [];
  const asked = new Set<string>();
  let [seen, empty, refusedInAll, pages] = [0, 0, 0, 0];
  let next: string | undefined;
  let last: string | null = since ?? null;
  for (;;) {
    if (pages >= MOST_PAGES) return failed(`it answers more than ${MOST_PAGES} pages`);
    const answer = await ask({ ...(since === undefined ? {} : { added_after: since }), ...(next === undefined ? {} : { next }) });
    pages++;
    if (answer.kind === 'failed') return failed(`page ${pages}: ${answer.because}`);
    if (answer.status !== 200) return failed(`page ${pages}: it answers ${answer.status}`);
    if (!TAXII.test(answer.type)) return failed(`page ${pages}: it answers ${printed(answer.type)}, which is no TAXII 2.1`);
    const envelope = parsed(answer.body);
    if (!envelope) return failed(`page ${pages}: it is no envelope of objects`);
    for (const value of envelope.objects) {
      if (++seen > MOST_OBJECTS_PULLED) return failed(`it answers more than ${MOST_OBJECTS_PULLED} objects`);
      const read = sharedObject(value, now);
      if (read.kind === 'refused') {
        refusedInAll++;
        if (refused.length < MOST_TOLD) refused.push({ id: idOf(value), because: read.because });
        continue;
      }
      const before = newest.get(read.object.id);
      if (!before || before.modified < read.object.modified) newest.set(read.object.id, read.object);
    }
    last = newestOf(last, answer.added);
    if (!envelope.more) return { kind: 'pulled', objects: [...newest.values()], refused, refusedInAll, pages, last };
    empty = envelope.objects.length === 0 ? empty + 1 : 0;
    if (empty >= MOST_EMPTY_PAGES) return failed(`${empty} pages in a row are empty and say that there is more`);
    if (envelope.next === undefined) return failed(`page ${pages} says that there is more, and not where`);
    if (asked.has(envelope.next)) return failed(`page ${pages} leads back to a page that came before: it goes round in a circle`);
    asked.add(envelope.next);
    next = envelope.next;
  }
}

function parsed(body: string): z.infer<typeof Envelope> | undefined {
  try {
    return Envelope.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

const newestOf = (one: string | null, other: string | undefined): string | null =>
  other === undefined || !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(other) ? one : one === null || one < other ? other : one;
const idOf = (value: unknown): string => printed(z.looseObject({ id: z.string() }).safeParse(value).data?.id ?? 'an object without an id');
const printed = (text: string): string => text.slice(0, 80).replace(/[^\x20-\x7e]/g, '?');

/** Indicators that mean something at `now`: neither revoked by their lab nor past. */
export const standing = (objects: readonly SharedObject[], now: number): SharedIndicator[] =>
  objects.flatMap((object) => (object.type === 'indicator' && !object.revoked && Date.parse(object.valid_until) > now ? [object] : []));
