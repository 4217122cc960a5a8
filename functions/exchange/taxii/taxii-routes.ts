import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import { LARGEST_OBJECT, sharedId, sharedObject } from '../../../shared/domain/campaigns/shared-indicator';
import { iso } from '../../../shared/domain/time';
import type { Api, ApiEnv, HttpPorts } from '../../../shared/http/api';
import { producerOf } from '../../../shared/http/producer-access';
import { KEY_FORM, type ProducerKey } from '../../../shared/http/producer-keys';
import { RateLimiter } from '../../../shared/http/rate-limit';
import type { Table } from '../../../shared/ports';
import { addedAt, addedOf, type Filter, TaxiiStore, timestampOf } from './taxii-store';

export const TAXII = 'application/taxii+json;version=2.1';
const STIX = 'application/stix+json;version=2.1';
const ROOT = '/taxii2/exchange/';

/**
 * Two collections: what this lab says (partners read it with a key of the scope `exchange`), and what partners say back (they write it).
 * The lab's own tools hold a key of the scope `publish`: they write the first and read the second. A partner never sees another's.
 */
const COLLECTIONS = [
  {
    id: '5f1b3a54-7c1e-5a0b-9a0e-2f6a7d0c4b11',
    title: 'Indicators',
    description: 'What this lab says',
    reads: 'exchange',
    writes: 'publish',
  },
  {
    id: '9c0de7a2-15c4-5d37-8f55-6b1c1f4a8e22',
    title: 'Feedback',
    description: 'Sightings and opinions of partners',
    reads: 'publish',
    writes: 'exchange',
  },
] as const;
export const [INDICATORS, FEEDBACK] = COLLECTIONS;
type Collection = (typeof COLLECTIONS)[number];

const MOST_OBJECTS = 500;
const MOST_ON_A_PAGE = 200;
/** How long a status is told. */
const STATUS_KEPT = 24 * 3_600;

export type TaxiiDependencies = {
  /** Where the objects lie. */
  objects: Table;
  /** Keys and quotas. */
  access: Table;
};

type Problem = { status: 400 | 401 | 403 | 404 | 406 | 409 | 413 | 415 | 422 | 429; title: string; description: string };
const answer = (c: Context, body: object, status: 200 | 202 = 200, headers: Record<string, string> = {}) =>
  c.body(JSON.stringify(body), status, { 'content-type': TAXII, ...headers });
const error = (c: Context, { status, title, description }: Problem, headers: Record<string, string> = {}) =>
  c.body(JSON.stringify({ title, description, http_status: String(status) }), status, { 'content-type': TAXII, ...headers });

/** `application/taxii+json`, version 2.1 or none, or anything at all (TAXII 2.1, 1.6.8.1). */
const isTaxii = (type: string): boolean =>
  /^\s*application\/taxii\+json\s*(;\s*version=2\.1\s*)?(;\s*q=[\d.]+\s*)?$/i.test(type) ||
  /^\s*(application\/\*|\*\/\*)\s*(;.*)?$/.test(type);
const accepts = (c: Context): boolean => (c.req.header('accept') ?? '*/*').split(',').some(isTaxii);

const Envelope = z.looseObject({ objects: z.array(z.unknown()).min(1) });

/** TAXII 2.1 (OASIS, 2021), a plain profile: discovery, one API root, two collections, objects, manifest, versions, status. */
export function taxiiRoutes(api: Api, http: HttpPorts, deps: TaxiiDependencies): void {
  const limiter = new RateLimiter(deps.access, http.clock);
  const store = new TaxiiStore(deps.objects);

  /** The key of whoever asks: as a bearer, or as the password of HTTP Basic, which TAXII clients have. */
  const keyOf = async (c: Context<ApiEnv>): Promise<ProducerKey | Response> => {
    const asBearer = basicPassword(c.req.header('authorization'));
    const key = await producerOf(c, http, { table: deps.access }, limiter, asBearer);
    if (key instanceof Response)
      return error(
        c,
        key.status === 429
          ? { status: 429, title: 'Too many requests', description: 'Wait a minute.' }
          : {
              status: 401,
              title: 'Unauthorized',
              description: 'Send a key that stands: Authorization: Bearer lsk_…, or as the password of HTTP Basic.',
            },
        key.status === 429 ? { 'retry-after': key.headers.get('retry-after') ?? '60' } : { 'www-authenticate': 'Basic realm="taxii"' },
      );
    if (!key.scopes.includes('exchange') && !key.scopes.includes('publish'))
      return error(c, {
        status: 403,
        title: 'Forbidden',
        description: 'This key is for something else: make one with the scope exchange.',
      });
    const quota = await limiter.take(`producer ${key.id} records`, key.perMinute);
    if (quota.kind === 'exceeded')
      return error(
        c,
        { status: 429, title: 'Too many requests', description: 'The quota of the key is used up.' },
        { 'retry-after': String(quota.retryAfterSeconds) },
      );
    return key;
  };
  const within = (handle: (c: Context<ApiEnv>, key: ProducerKey) => Promise<Response> | Response) => async (c: Context<ApiEnv>) => {
    const key = await keyOf(c);
    if (key instanceof Response) return key;
    if (!accepts(c)) return error(c, { status: 406, title: 'Not acceptable', description: `This service answers ${TAXII}.` });
    return handle(c, key);
  };
  const ofCollection = (handle: (c: Context<ApiEnv>, of: Collection, key: ProducerKey) => Promise<Response> | Response) =>
    within((c, key) => {
      const of = COLLECTIONS.find(({ id }) => id === c.req.param('collection'));
      // Whoever may neither read nor write it need not know of it.
      return of && viewOf(of, key) ? handle(c, of, key) : error(c, NO_COLLECTION);
    });
  const toRead = (handle: (c: Context<ApiEnv>, of: Collection) => Promise<Response>) =>
    ofCollection((c, of, key) =>
      key.scopes.includes(of.reads)
        ? handle(c, of)
        : error(c, { status: 403, title: 'Forbidden', description: 'This key may not read the collection.' }),
    );

  // Without the slash too: API Gateway has no route that ends in one.
  api.on(
    'GET',
    ['/taxii2/', '/taxii2'],
    within((c) =>
      answer(c, {
        title: 'Lockstep',
        description: 'Indicators under the salt of a group',
        default: new URL(ROOT, c.req.url).href,
        api_roots: [new URL(ROOT, c.req.url).href],
      }),
    ),
  );
  api.on(
    'GET',
    [ROOT, ROOT.slice(0, -1)],
    within((c) => answer(c, { title: 'Exchange between labs', versions: [TAXII], max_content_length: MOST_OBJECTS * 2_000 })),
  );
  api.get(
    `${ROOT}collections/`,
    within((c, key) => answer(c, { collections: COLLECTIONS.flatMap((one) => viewOf(one, key) ?? []) })),
  );
  api.get(
    `${ROOT}collections/:collection/`,
    ofCollection((c, of, key) => answer(c, viewOf(of, key) ?? {})),
  );

  api.get(
    `${ROOT}collections/:collection/objects/`,
    toRead(async (c, of) => pageAnswer(c, of, (one) => one.object)),
  );
  api.get(
    `${ROOT}collections/:collection/manifest/`,
    toRead(async (c, of) =>
      pageAnswer(c, of, ({ id, added, version }) => ({ id, date_added: timestampOf(added), version, media_type: STIX })),
    ),
  );
  api.get(
    `${ROOT}collections/:collection/objects/:object/`,
    toRead(async (c, of) => pageAnswer(c, of, (one) => one.object, c.req.param('object'))),
  );
  api.get(
    `${ROOT}collections/:collection/objects/:object/versions/`,
    toRead(async (c, of) => {
      const versions = await store.versions(of.id, c.req.param('object') ?? '');
      return versions.length === 0 ? error(c, NO_OBJECT) : answer(c, { more: false, versions });
    }),
  );

  async function pageAnswer(
    c: Context,
    of: Collection,
    show: (one: Awaited<ReturnType<TaxiiStore['page']>>['stored'][number]) => unknown,
    id?: string,
  ) {
    const asked = filterOf(c, id);
    if (asked.kind === 'refused') return error(c, { status: 400, title: 'Bad request', description: asked.because });
    const { stored, next } = await store.page(of.id, asked);
    if (id !== undefined && stored.length === 0) return error(c, NO_OBJECT);
    const [first, last] = [stored[0], stored.at(-1)];
    const dates: Record<string, string> =
      first && last ? { 'x-taxii-date-added-first': timestampOf(first.added), 'x-taxii-date-added-last': timestampOf(last.added) } : {};
    const body = {
      more: next !== undefined,
      ...(next === undefined ? {} : { next: Buffer.from(next).toString('base64url') }),
      objects: stored.map(show),
    };
    return answer(c, stored.length === 0 ? {} : body, 200, dates);
  }

  api.post(
    `${ROOT}collections/:collection/objects/`,
    ofCollection(async (c, of, key) => {
      if (!key.scopes.includes(of.writes))
        return error(c, { status: 403, title: 'Forbidden', description: 'This key may not write the collection.' });
      if (!isTaxii(c.req.header('content-type') ?? '') || /\*/.test(c.req.header('content-type') ?? ''))
        return error(c, { status: 415, title: 'Unsupported media type', description: `Send ${TAXII}.` });
      const envelope = Envelope.safeParse(await c.req.json().catch(() => undefined));
      if (!envelope.success) return error(c, { status: 400, title: 'Bad request', description: 'Send an envelope: {"objects": […]}.' });
      const { objects } = envelope.data;
      if (objects.length > MOST_OBJECTS)
        return error(c, { status: 413, title: 'Too large', description: `Send at most ${MOST_OBJECTS} objects at a time.` });
      const now = http.clock.now();
      const successes: object[] = [];
      const failures: object[] = [];
      for (const [place, value] of objects.entries()) {
        const read = sharedObject(value, now);
        const named = z.looseObject({ id: z.string().max(100), modified: z.string().max(40).optional() }).safeParse(value);
        const about = { id: named.data?.id ?? sharedId('unknown', String(place)), version: named.data?.modified ?? iso(now) };
        if (read.kind === 'refused') failures.push({ ...about, message: read.because });
        else if (!(of === INDICATORS || read.object.type !== 'indicator'))
          failures.push({ ...about, message: 'indicators are said by the lab itself: send sightings and opinions' });
        else {
          await store.add(of.id, read.object, addedAt(now, place));
          successes.push(about);
        }
      }
      const status = {
        id: statusId(`${key.id}/${now}/${JSON.stringify(objects)}`),
        status: 'complete',
        request_timestamp: timestampOf(addedAt(now, 0)),
        total_count: objects.length,
        success_count: successes.length,
        ...(successes.length > 0 ? { successes } : {}),
        failure_count: failures.length,
        ...(failures.length > 0 ? { failures } : {}),
        pending_count: 0,
      };
      const expires = Math.ceil(now / 1_000) + STATUS_KEPT;
      await deps.objects.put({ pk: `TAXII-STATUS#${key.id}`, sk: status.id, body: JSON.stringify(status), expires });
      return answer(c, status, 202);
    }),
  );
  api.get(
    `${ROOT}status/:status/`,
    within(async (c, key) => {
      const row = await deps.objects.get(`TAXII-STATUS#${key.id}`, c.req.param('status') ?? '');
      return row
        ? answer(c, JSON.parse(String(row.body)))
        : error(c, { status: 404, title: 'Not found', description: 'There is no such status, or it is past.' });
    }),
  );
}

const NO_COLLECTION: Problem = { status: 404, title: 'Not found', description: 'There is no such collection, or it is not for this key.' };
const NO_OBJECT: Problem = { status: 404, title: 'Not found', description: 'There is no such object.' };

function viewOf({ id, title, description, reads, writes }: Collection, { scopes }: ProducerKey) {
  const may = { can_read: scopes.includes(reads), can_write: scopes.includes(writes) };
  return may.can_read || may.can_write ? { id, title, description, ...may, media_types: [STIX] } : undefined;
}

/** A TAXII client has a name and a password: the key is the password. */
function basicPassword(header: string | undefined): string | undefined {
  const [scheme, text] = (header ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || !text) return undefined;
  const plain = Buffer.from(text, 'base64').toString('latin1');
  const password = plain.slice(plain.indexOf(':') + 1);
  return KEY_FORM.test(password) ? password : undefined;
}

const statusId = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const NAMES = new Set(['added_after', 'limit', 'next', 'match[id]', 'match[type]', 'match[version]', 'match[spec_version]']);
type Asked = { kind: 'asked'; limit: number; after?: string } & Filter;

/** The filters of a request, or which of them cannot be read. */
function filterOf(c: Context, id: string | undefined): Asked | { kind: 'refused'; because: string } {
  const no = (because: string) => ({ kind: 'refused' as const, because });
  const query = c.req.queries();
  for (const [name, values] of Object.entries(query)) {
    if (!NAMES.has(name)) return no(`${name} is no filter of TAXII 2.1`);
    if (values.length > 1) return no(`${name} is given twice`);
  }
  const one = (name: string): string | undefined => query[name]?.[0];
  const list = (name: string): string[] | undefined => one(name)?.split(',');
  const limit = one('limit');
  if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit)) return no('limit is a whole number from 1 on');
  const after = one('added_after') === undefined ? undefined : addedOf(one('added_after') ?? '');
  if (one('added_after') !== undefined && after === undefined) return no('added_after is a time such as 2026-04-22T07:00:00.000000Z');
  const next = one('next') === undefined ? undefined : Buffer.from(one('next') ?? '', 'base64url').toString('latin1');
  if (next !== undefined && !/^\d{16}#[a-z-]+--[0-9a-f-]{36}$/.test(next)) return no('next is what a page before this one answered');
  if (list('match[spec_version]')?.every((version) => version !== '2.1')) return no('there are objects of STIX 2.1 alone');
  const [asked, ...others] = list('match[version]') ?? [];
  const words = ['last', 'first', 'all'] as const;
  const word = words.find((name) => name === asked);
  if (others.length > 0 && [asked, ...others].some((name) => words.some((known) => known === name)))
    return no('match[version] is one of last, first, all, or versions');
  const ids = id === undefined ? list('match[id]') : [id];
  const types = list('match[type]');
  // `~` is behind every id: nothing that was added at that very time comes again.
  const from = next ?? (after === undefined ? undefined : `${after}#~`);
  return {
    kind: 'asked',
    limit: Math.min(MOST_ON_A_PAGE, Number(limit ?? MOST_ON_A_PAGE)),
    versions: asked === undefined ? 'last' : (word ?? [asked, ...others]),
    ...(from === undefined ? {} : { after: from }),
    ...(ids ? { ids } : {}),
    ...(types ? { types } : {}),
  };
}

/** What an object may weigh, for whoever sends some. */
export const LARGEST = { object: LARGEST_OBJECT, objects: MOST_OBJECTS };
