import { z } from '@hono/zod-openapi';
import { CLOUD } from '../contract/event';
import { accountKey, campaignId, caseId } from '../identity/ids';

/** Request fields that many routes share. Text comes in, model types go on; a wrong one is named with what would be right. */

const ACCOUNT = /^[A-Za-z0-9_-]{22}$/;
const CAMPAIGN = /^[A-Za-z0-9_-]{1,64}$/;
const CASE = /^[A-Za-z0-9._-]{1,80}$/;
/** A decimal number as JSON writes one. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export const AccountParam = z
  .string()
  .regex(ACCOUNT, 'An account key has 22 characters of base64url; look one up by provider id at /v1/accounts/lookup.')
  .transform(accountKey)
  .openapi({
    type: 'string',
    pattern: ACCOUNT.source,
    description: 'Keyed hash of the provider’s account id.',
    example: 'q83vEjRWeJCrze8SNFZ4kA',
  });

export const CampaignParam = z
  .string()
  .regex(CAMPAIGN, 'A campaign id has 1 to 64 letters, digits, - and _.')
  .transform(campaignId)
  .openapi({ type: 'string', pattern: CAMPAIGN.source, description: 'Campaign id.' });

export const CaseParam = z
  .string()
  .regex(CASE, 'A case id has 1 to 80 letters, digits, ., - and _.')
  .transform(caseId)
  .openapi({ type: 'string', pattern: CASE.source, description: 'Case id.' });

export const HoldParam = z
  .string()
  .regex(/^h-[0-9a-f]{12}$/, 'The id of a legal hold is h- and twelve hexadecimal digits, as the list gives it.')
  .openapi({ type: 'string', example: 'h-3f2a1b2c9d0e' });

export const CloudField = z
  .string()
  .regex(CLOUD, 'A cloud is named in lower-case letters, digits and -, at most 32: bedrock, vertex, foundry.')
  .openapi({ type: 'string', pattern: CLOUD.source, description: 'The cloud as account events name it.', example: 'bedrock' });

const REFERRAL = /^[A-Za-z0-9_-]{1,64}\.[a-z0-9][a-z0-9-]{0,31}\.[1-9]\d{0,5}$/;
export const ReferralParam = z
  .string()
  .regex(REFERRAL, 'The id of a referral is the campaign’s, the cloud’s name and a number, as the list gives it.')
  .openapi({ type: 'string', pattern: REFERRAL.source, example: 'c-3f2a.bedrock.1' });

/** ISO 8601 with a zone in the request, epoch milliseconds inside. */
export const Instant = z.iso
  .datetime({ offset: true, error: 'Give a time as 2026-04-22T07:00:00Z.' })
  .transform((text) => Date.parse(text))
  .openapi({ type: 'string', format: 'date-time' });

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `Give a whole number from ${least} to ${most}.`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `Give a whole number from ${least} to ${most}.`);

export const limit = (most: number, usual: number) =>
  wholeNumber(1, most)
    .optional()
    .transform((value) => value ?? usual)
    .openapi({ type: 'integer', minimum: 1, maximum: most, default: usual, description: 'Most entries in the answer.' });

export const CursorField = z
  .string()
  .max(1024)
  .optional()
  .openapi({ pattern: '^[A-Za-z0-9_-]{16,1024}$', description: 'The `next` of the page before, with the same filters and sort.' });

const LARGEST_DECIMAL = 1_000_000;
export const Decimal = z
  .string()
  .max(32, 'Give a decimal number such as 7.5.')
  .regex(NUMBER, 'Give a decimal number such as 7.5.')
  .transform(Number)
  .refine((value) => Math.abs(value) <= LARGEST_DECIMAL, `Give a number from ${-LARGEST_DECIMAL} to ${LARGEST_DECIMAL}.`)
  .openapi({ type: 'number', minimum: -LARGEST_DECIMAL, maximum: LARGEST_DECIMAL });

/** How a list is sorted: `-name` from the newest or largest on, `name` from the oldest or smallest. The first falling one unless told. */
export function sortBy<Order extends string>(orders: readonly [Order, ...Order[]], description: string) {
  const field = z
    .enum(orders.flatMap((order) => [`-${order}` as const, order]))
    .optional()
    .openapi({ description, default: `-${orders[0]}` });
  const read = (sort: string | undefined): { order: Order; rising: boolean } => ({
    order: orders.find((order) => sort === order || sort === `-${order}`) ?? orders[0],
    rising: sort !== undefined && !sort.startsWith('-'),
  });
  return { field, read };
}

/** A page in an answer: `next` is absent on the last. */
export const pageOf = <T extends z.ZodType>(name: string, item: T) =>
  z
    .object({
      items: z.array(item),
      next: z.string().optional().openapi({ description: 'Pass as `cursor` for the next page; absent on the last.' }),
    })
    .openapi(name);

export const When = z.string().openapi({ format: 'date-time' });

/** A named shape or null. `.nullable()` on a named shape describes it as both at once, which no generator reads right. */
export const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()]);
