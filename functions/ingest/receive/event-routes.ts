import { gunzipSync } from 'node:zlib';
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type Api, answers, type HttpPorts } from '../../../shared/http/api';
import { problem } from '../../../shared/http/problem';
import { producerOf, slowDown } from '../../../shared/http/producer-access';
import { RateLimiter } from '../../../shared/http/rate-limit';
import { isTooLargeUnpacked, LARGEST_BODY } from '../records/inflate';
import { MOST_RECORDS, type ReceivePorts, receive, recordsIn } from './receive';

const Receipt = z.object({
  index: z.int().openapi({ description: 'Place of the event in the body, from 0.' }),
  status: z.enum(['accepted', 'duplicate', 'refused']).openapi({
    description:
      'duplicate: the same source and id stood before in this body, or this body came within a day. Other repeats are accepted here and dropped later.',
  }),
  reason: z.string().optional().openapi({ description: 'Of a refused one: why, in a word that stays the same.' }),
  field: z.string().optional(),
  because: z.string().optional(),
  fix: z.string().optional().openapi({ description: 'What to change.' }),
});
const Receipts = z
  .object({ accepted: z.int(), duplicate: z.int(), refused: z.int(), events: z.array(Receipt) })
  .openapi('Receipts', { description: 'One receipt an event, in the order of the body.' });

const Body = z.union([z.looseObject({}), z.array(z.unknown()).min(1)]).openapi({
  description: 'Events of the contract (docs/contract/events.schema.json), or records of a producer that is enabled: one, or a list.',
});
const MEDIA = ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json', 'application/x-ndjson'] as const;
const isMedia = (type: string): boolean => (MEDIA as readonly string[]).includes(type.split(';')[0]?.trim().toLowerCase() ?? '');

/** Requests by one key, a minute. */
const REQUESTS_PER_MINUTE = 600;

/** The handler for whoever has no AWS credentials: events over HTTP, to the same queue, answered one by one. */
export function eventRoutes(api: Api, http: HttpPorts, ports: ReceivePorts): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'producerKey', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'lsk_…',
    description: 'A producer key, made by an admin. It says nothing but events, of the types in its scopes.',
  });
  const route = createRoute({
    method: 'post',
    path: '/v1/events',
    operationId: 'sendEvents',
    security: [{ producerKey: [] }],
    'x-role': 'producer',
    tags: ['Events'],
    summary: 'Send events, one or many, and hear of each what became of it',
    description: `At most ${MOST_RECORDS} records and 5 MiB, or 8 MiB unpacked (Content-Encoding: gzip). Over the key's quota: 429 with Retry-After, and nothing was taken.`,
    request: { body: { required: true, content: Object.fromEntries(MEDIA.map((type) => [type, { schema: Body }])) } },
    responses: answers(Receipts, 'Read; each event is answered for itself.'),
  });
  // Not `openapi`: its validator would read the body as JSON, and it may be packed, or lines.
  api.openAPIRegistry.registerPath(route);
  const limiter = new RateLimiter(ports.table, http.clock);
  api.post('/v1/events', async (c) => {
    const key = await producerOf(c, http, ports, limiter);
    if (key instanceof Response) return key;
    const requests = await limiter.take(`producer ${key.id}`, REQUESTS_PER_MINUTE);
    if (requests.kind === 'exceeded') return slowDown(c, requests.retryAfterSeconds);
    const body = await textOf(c);
    if (body instanceof Response) return body;
    const candidates = recordsIn(body, ports);
    const quota = await limiter.take(`producer ${key.id} records`, key.perMinute, Math.max(1, candidates.length));
    if (quota.kind === 'exceeded')
      return candidates.length > key.perMinute
        ? problem(c, 'too-large', `This key may send ${key.perMinute} records a minute; the body holds ${candidates.length}.`)
        : slowDown(c, quota.retryAfterSeconds);
    const received = await receive(candidates, key.scopes, ports);
    switch (received.kind) {
      case 'nothing':
        return problem(c, 'malformed-body', received.because);
      case 'too-many':
        return problem(c, 'too-large', `Send at most ${MOST_RECORDS} records a request; the body holds ${received.count}.`);
      case 'received': {
        const count = (status: string): number => received.receipts.filter((one) => one.status === status).length;
        const events = received.receipts.map((receipt, index) => ({ index, ...receipt }));
        return c.json({ accepted: count('accepted'), duplicate: count('duplicate'), refused: count('refused'), events }, 200);
      }
      default:
        return received satisfies never;
    }
  });
}

/** The body as text, unpacked if it is packed. */
async function textOf(c: Context): Promise<string | Response> {
  if (!isMedia(c.req.header('content-type') ?? '')) return problem(c, 'unsupported-media-type', `Send one of ${MEDIA.join(', ')}.`);
  const encoding = c.req.header('content-encoding')?.toLowerCase() ?? 'identity';
  const bytes = Buffer.from(await c.req.arrayBuffer());
  if (encoding === 'identity') return decoded(c, bytes);
  if (encoding !== 'gzip') return problem(c, 'unsupported-media-type', 'Content-Encoding may be gzip, or be left out.');
  try {
    return decoded(c, gunzipSync(bytes, { maxOutputLength: LARGEST_BODY }));
  } catch (error) {
    return isTooLargeUnpacked(error)
      ? problem(c, 'too-large', `Unpacked, the body holds more than ${LARGEST_BODY} bytes.`)
      : problem(c, 'malformed-body', 'Content-Encoding says gzip, and the body is not complete gzip.');
  }
}

function decoded(c: Context, bytes: Uint8Array): string | Response {
  const text = Buffer.from(bytes).toString('utf8');
  const isEmptyList = /^\s*\[\s*\]\s*$/.test(text);
  return (/^\s*[[{\uFEFF]/.test(text) && !isEmptyList) || isPackedText(text)
    ? text
    : problem(c, 'malformed-body', 'Send JSON objects, a list of them, or a line each.');
}

/** An envelope as the queue takes it too: gzip or zstd in base64. */
const isPackedText = (text: string): boolean => /^\s*(H4sI|KLUv\/)/.test(text);
