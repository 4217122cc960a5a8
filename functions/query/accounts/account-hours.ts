import { z } from '@hono/zod-openapi';
import { HOUR, hourOf, iso } from '../../../shared/domain/time';
import { type AccountSummary, summarize } from '../../../shared/formats/account-summary';
import { ByteReader } from '../../../shared/formats/bytes';
import { Features } from '../../../shared/formats/features';
import { When } from '../../../shared/http/fields';
import type { AccountKey } from '../../../shared/identity/ids';
import { inBatches } from '../../../shared/in-batches';
import { HourStore } from '../../../shared/stores/archive/hour-store';
import type { QueryPorts } from '../query-ports';
import { Usage } from './account-view';

/** Each hour may be one read of a fold output, some megabytes: more of them do not fit into one answer's time. */
export const MOST_HOURS_ASKED = 72;
const AT_ONCE = 8;

const Hour = Usage.pick({
  at: true,
  exchanges: true,
  prevented: true,
  inputTokens: true,
  outputTokens: true,
  statuses: true,
  models: true,
  tasks: true,
  channels: true,
  distinct: true,
}).extend({ at: When });
export const AccountHoursView = z
  .object({
    from: When,
    to: When,
    hours: z.array(Hour).openapi({ description: 'Hours with traffic, oldest first.' }),
    notFolded: z.array(When).openapi({ description: 'Hours with events that are not folded yet: ask again in some minutes.' }),
  })
  .openapi('AccountHours');
export type AccountHoursView = z.infer<typeof AccountHoursView>;

/** Three days of any account in one summary; undefined when it did nothing. Reads the archive where no pages are kept: seconds. */
export async function recentUse(account: AccountKey, { stores, clock }: QueryPorts): Promise<AccountSummary | undefined> {
  const store = new HourStore(stores);
  const now = clock.now();
  const hours = Array.from({ length: MOST_HOURS_ASKED }, (_, back) => hourOf(now) - back * HOUR);
  const folded = new Map<number, Uint8Array>();
  await inBatches(hours, AT_ONCE, async (hour) => {
    const answer = await store.get(account, hour);
    if (answer.kind === 'features') folded.set(hour, answer.features);
  });
  if (folded.size === 0) return undefined;
  const features = new Features();
  for (const hour of [...folded.keys()].sort((one, other) => one - other)) {
    const bytes = folded.get(hour);
    if (bytes) features.absorb(new ByteReader(bytes));
  }
  return summarize(account, features, {}, now);
}

/** The folded hours of [from, to), at most `MOST_HOURS_ASKED`, whole: a function of the events, whosever hours are kept at hand. */
export async function accountHours(account: AccountKey, from: number, to: number, { stores }: QueryPorts): Promise<AccountHoursView> {
  const store = new HourStore(stores);
  const asked: number[] = [];
  for (let hour = hourOf(from); hour < to && asked.length < MOST_HOURS_ASKED; hour += HOUR) asked.push(hour);
  const answers = new Map<number, Awaited<ReturnType<HourStore['get']>>>();
  await inBatches(asked, AT_ONCE, async (hour) => {
    answers.set(hour, await store.get(account, hour));
  });
  const hours: AccountHoursView['hours'] = [];
  const notFolded: string[] = [];
  for (const hour of asked) {
    const answer = answers.get(hour);
    if (answer?.kind === 'not-folded') notFolded.push(iso(hour));
    if (answer?.kind !== 'features') continue;
    const features = new Features();
    features.absorb(new ByteReader(answer.features));
    const { exchanges, prevented, inputTokens, outputTokens, statuses, models, tasks, channels, distinct } = summarize(
      account,
      features,
      {},
      hour,
    );
    hours.push({ at: iso(hour), exchanges, prevented, inputTokens, outputTokens, statuses, models, tasks, channels, distinct });
  }
  return { from: iso(asked[0] ?? from), to: iso((asked.at(-1) ?? from) + HOUR), hours, notFolded };
}
