import { createRoute, z } from '@hono/zod-openapi';
import { ACCOUNT_CHAIN } from '../../../shared/domain/cases/action';
import { mayAct, type Person } from '../../../shared/domain/person';
import { DAY, dayLabel, iso } from '../../../shared/domain/time';
import { AccessEntry, AccessLog } from '../../../shared/http/access-log';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { startOf } from '../../../shared/http/cursor';
import { AccountParam, CursorField, Instant, limit, pageOf, When } from '../../../shared/http/fields';
import { badCursor, problem } from '../../../shared/http/problem';
import type { QueryPorts } from '../query-ports';
import { chain, feed, type Recorded } from './ledger';
import { LedgerEntryView, ledgerEntryView, SUBJECTS, subjectOf } from './ledger-view';

const KEPT_DAYS = 400;
const ABOUT = ['everything', 'workflow', ...SUBJECTS] as const;
const About = z.enum(ABOUT).default('everything').openapi({
  description:
    'One kind of subject; `workflow`: everything but what happens to single accounts, and what the schedule asks them to verify.',
});
const ACTORS = ['person', 'policy', 'clock', 'provider', 'appellant'] as const;
const FeedQuery = z.strictObject({
  about: About,
  since: Instant.optional(),
  until: Instant.optional(),
  actor: z.enum(ACTORS).optional().openapi({ description: 'Only what persons, the policy, the clock, the provider or appellants did.' }),
  person: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .openapi({ description: 'Only what this person did, by the id the ledger names. For reviewers.' }),
  text: z
    .string()
    .trim()
    .min(2)
    .max(100)
    .optional()
    .openapi({ description: 'Only entries whose words contain this, whatever the case of its letters.' }),
  limit: limit(200, 50),
  cursor: CursorField,
});
const AccessQuery = z.strictObject({ day: z.iso.date('Give a day as 2026-04-22.'), limit: limit(200, 100), cursor: CursorField });
const AccessView = AccessEntry.extend({ at: When }).openapi('AccessEntry');
const ChainView = z
  .object({
    items: z.array(LedgerEntryView),
    faults: z.array(z.string()).openapi({ description: 'What is wrong with the hash chain; empty when it is whole.' }),
  })
  .openapi('Chain');

export function ledgerRoutes(api: Api, http: HttpPorts, ports: QueryPorts): void {
  const about = { method: 'get' as const, tags: ['Ledger'] };

  const list = createRoute({
    ...about,
    ...access(http, 'viewer'),
    path: '/v1/ledger',
    operationId: 'listLedger',
    summary: 'Everything anybody did, newest first',
    request: { query: FeedQuery },
    responses: answers(pageOf('Ledger', LedgerEntryView), 'One page. Quiet stretches of 120 days answer a short page with `next`: go on.'),
  });
  api.openapi(list, async (c) => {
    const now = ports.clock.now();
    const { about: kind, since, until, actor, person, text, limit: size, cursor } = c.req.valid('query');
    const to = c.get('principal');
    if (person !== undefined && !mayAct(to, 'reviewer')) return problem(c, 'forbidden', 'Names of persons are for reviewers.');
    const bound = { route: 'ledger', parameters: { kind, since, until, actor, person, text } };
    const from = startOf(ports.cursors, bound, cursor);
    if (from.kind === 'refused') return badCursor(c, from.because);
    const page = await feed(
      {
        until: until ?? now,
        since: since ?? now - KEPT_DAYS * DAY,
        about: isAbout(kind),
        keep: keeping({ kind, actor, person, text }, to),
        limit: size,
        ...(from.after === undefined ? {} : { after: from.after }),
      },
      ports,
    );
    const next = page.next === undefined ? {} : { next: ports.cursors.write(bound, page.next) };
    return c.json({ items: page.entries.map((entry) => ledgerEntryView(entry, c.get('principal'))), ...next }, 200);
  });

  const ofAccount = createRoute({
    ...about,
    ...access(http, 'viewer'),
    path: '/v1/accounts/{account}/ledger',
    operationId: 'getAccountLedger',
    summary: 'Everything that was done about one account, oldest first, its hash chain checked',
    request: { params: z.strictObject({ account: AccountParam }) },
    responses: answers(ChainView, 'The chain. Empty when nothing was ever done.'),
  });
  api.openapi(ofAccount, async (c) => {
    const found = await chain(`${ACCOUNT_CHAIN.prefix}${c.req.valid('param').account}`, ports);
    return c.json({ items: found.entries.map((entry) => ledgerEntryView(entry, c.get('principal'))), faults: found.faults }, 200);
  });

  const accesses = createRoute({
    ...about,
    ...access(http, 'admin'),
    path: '/v1/access-log',
    operationId: 'listAccess',
    summary: 'Who called what, one day, newest first',
    request: { query: AccessQuery },
    responses: answers(pageOf('AccessLog', AccessView), 'One page.'),
  });
  api.openapi(accesses, async (c) => {
    const { day, limit: size, cursor } = c.req.valid('query');
    const bound = { route: 'access', parameters: { day } };
    const from = startOf(ports.cursors, bound, cursor);
    if (from.kind === 'refused') return badCursor(c, from.because);
    const page = await new AccessLog(http.state).page(dayLabel(Date.parse(day)), size, from.after);
    const next = page.next === undefined ? {} : { next: ports.cursors.write(bound, page.next) };
    return c.json({ items: page.entries.map((entry) => ({ ...entry, at: iso(entry.at) })), ...next }, 200);
  });
}

type Kept = { kind: (typeof ABOUT)[number]; actor?: string | undefined; person?: string | undefined; text?: string | undefined };
/** By what an entry says of itself to this reader: a name that a viewer may not see cannot be searched for either. */
function keeping({ kind, actor, person, text }: Kept, to: Person): (entry: Recorded) => boolean {
  const wanted = text?.toLowerCase();
  return (entry) => {
    // A case asks for thousands of verifications; what people decide about one is their work.
    if (kind === 'workflow' && entry.actor.kind !== 'person' && subjectOf(entry.chain).kind === 'verification') return false;
    if (actor !== undefined && entry.actor.kind !== actor) return false;
    if (person !== undefined && !(entry.actor.kind === 'person' && isPerson(entry.actor.id, person))) return false;
    if (wanted === undefined) return true;
    const { what, because, subject } = ledgerEntryView(entry, to);
    return [what, subject.id, ...because].some((words) => words.toLowerCase().includes(wanted));
  };
}

/** By id, or by the part before its `@`, whatever the case of its letters. */
function isPerson(id: string, wanted: string): boolean {
  const [known, asked] = [id.toLowerCase(), wanted.toLowerCase()];
  return known === asked || known.split('@')[0] === asked;
}

function isAbout(kind: (typeof ABOUT)[number]): (chain: string) => boolean {
  if (kind === 'everything') return () => true;
  if (kind === 'workflow') return (chain) => subjectOf(chain).kind !== 'account';
  return (chain) => subjectOf(chain).kind === kind;
}
