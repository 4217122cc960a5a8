import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** RFC 9457. Every answer that is not a success has this body; `errors` names each field that is wrong and what would be right. */
export const Problem = z
  .object({
    type: z.string().openapi({ description: 'Stable identifier of the kind of problem.', example: 'urn:lockstep:problem:invalid-request' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().openapi({ description: 'What happened and what to do about it.' }),
    requestId: z.string().openapi({ description: 'Quote it when reporting; the access log has it too.' }),
    errors: z
      .array(z.object({ in: z.enum(['path', 'query', 'header', 'body']), field: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'The fields that are wrong, one entry each.' }),
  })
  .openapi('Problem');
export type Problem = z.infer<typeof Problem>;
export type FieldError = NonNullable<Problem['errors']>[number];
/** A request that is not valid says of which field: never an empty list. */
export type FieldErrors = readonly [FieldError, ...FieldError[]];

/** These errors; where a reader of the request named none, that it is wrong as a whole. */
export function atLeastOne(errors: readonly FieldError[], part: FieldError['in'], message: string): FieldErrors {
  const [first = { in: part, field: '(whole)', message }, ...rest] = errors;
  return [first, ...rest];
}

/** Every kind of problem with its status and title. The kind becomes the last part of `type`. */
export const PROBLEMS = {
  'invalid-request': [400, 'The request is not valid'],
  'malformed-body': [400, 'The body is not JSON'],
  'invalid-cursor': [400, 'The cursor does not belong to this query'],
  unauthenticated: [401, 'Who is asking is not known'],
  forbidden: [403, 'The role is too low'],
  'not-found': [404, 'There is no such thing'],
  'method-not-allowed': [405, 'This address does not answer that method'],
  conflict: [409, 'The state has moved on'],
  gone: [410, 'This is no longer available'],
  'too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The body must be JSON'],
  refused: [422, 'The rules do not allow it'],
  'idempotency-mismatch': [422, 'The idempotency key was used for another request'],
  'too-many-requests': [429, 'Too many requests'],
  internal: [500, 'Something broke on our side'],
  unavailable: [503, 'Temporarily unavailable'],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string]>;
export type ProblemKind = keyof typeof PROBLEMS;
type StatusOf<K extends ProblemKind> = (typeof PROBLEMS)[K][0];

export function problemBody(kind: ProblemKind, detail: string, requestId: string, errors?: readonly FieldError[]): Problem {
  const [status, title] = PROBLEMS[kind];
  return { type: `urn:lockstep:problem:${kind}`, title, status, detail, requestId, ...(errors ? { errors: [...errors] } : {}) };
}

type More = { errors?: readonly FieldError[]; headers?: Record<string, string> };

/** Answer with a problem. Typed by its status, so a route can declare it. */
export function problem<K extends ProblemKind>(
  c: Context,
  kind: K,
  detail: string,
  ...[more]: K extends 'invalid-request' ? [More & { errors: FieldErrors }] : [More?]
) {
  const status: StatusOf<K> = PROBLEMS[kind][0];
  return c.json(problemBody(kind, detail, String(c.get('requestId') ?? ''), more?.errors), status, {
    ...more?.headers,
    'content-type': 'application/problem+json',
  });
}

const PARTS = { param: 'path', query: 'query', header: 'header', json: 'body' } as const;
const isPart = (target: string): target is keyof typeof PARTS => target in PARTS;

/** The fields a schema objected to, by name. */
export function fieldErrors(target: string, error: { issues: readonly z.core.$ZodIssue[] }): FieldError[] {
  const where = isPart(target) ? PARTS[target] : 'body';
  return error.issues.flatMap((issue): FieldError[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((field) => ({ in: where, field: [...issue.path, field].join('.'), message: 'There is no such field here.' }));
    }
    return [{ in: where, field: issue.path.join('.') || '(whole)', message: issue.message }];
  });
}

/** The answer to a cursor that cannot be used. */
export const badCursor = (c: Context, because: string) =>
  problem(c, 'invalid-cursor', because, { errors: [{ in: 'query', field: 'cursor', message: because }] });
