import { z } from 'zod';
import type { FunctionHost } from './function-host';

export type Route = { key: string; answeredBy: FunctionHost; needsToken: boolean };
type Verify = (token: string) => Promise<boolean>;

const Answer = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.coerce.string()).default({}),
  cookies: z.array(z.string()).default([]),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
});

/** An HTTP API as API Gateway answers it: the most specific route, its authorizer, the function behind it (payload format 2.0). */
export function httpGateway(routes: readonly Route[], verify: Verify): (request: Request, sourceIp: string) => Promise<Response> {
  return async (request, sourceIp) => {
    const url = new URL(request.url);
    const found = routeFor(routes, request.method, url.pathname);
    if (!found) return Response.json({ message: 'Not Found' }, { status: 404 });
    const token = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (found.needsToken && !(token && (await verify(token)))) return Response.json({ message: 'Unauthorized' }, { status: 401 });
    const invoked = await found.answeredBy.invoke(await eventOf(request, url, found.key, sourceIp));
    if (invoked.kind === 'failure') {
      console.error(`${found.answeredBy.spec.name}: ${invoked.error.name}: ${invoked.error.message}`);
      return Response.json({ message: 'Internal Server Error' }, { status: 500 });
    }
    const { statusCode, headers, cookies, body, isBase64Encoded } = Answer.parse(invoked.answer);
    const answered = new Response(noBody(statusCode) ? null : isBase64Encoded ? Buffer.from(body, 'base64') : body, {
      status: statusCode,
      headers,
    });
    for (const cookie of cookies) answered.headers.append('set-cookie', cookie);
    return answered;
  };
}

/** The route that answers, as API Gateway chooses it. */
export function routeFor<R extends { key: string }>(routes: readonly R[], asked: string, path: string): R | undefined {
  const fitting = routes
    .map((route) => ({ route, ...patternOf(route.key) }))
    .filter(({ method, pattern }) => (method === 'ANY' || method === asked) && pattern.test(path));
  return fitting.sort((a, b) => b.weight - a.weight)[0]?.route;
}

const noBody = (status: number): boolean => status === 204 || status === 304;

/** `GET /v1/{proxy+}`: a route without a greedy rest wins, then the one with more fixed parts, then the one that names the method. */
function patternOf(key: string): { method: string; pattern: RegExp; weight: number } {
  const [method = 'ANY', path = '/'] = key.split(' ');
  const parts = path.split('/').slice(1);
  const isGreedy = parts.at(-1)?.endsWith('+}') ?? false;
  const fixed = parts.filter((part) => !part.startsWith('{')).length;
  const expression = parts.map((part) => (part.endsWith('+}') ? '.+' : part.startsWith('{') ? '[^/]+' : part.replaceAll('.', '\\.')));
  return {
    method,
    pattern: new RegExp(`^/${expression.join('/')}$`),
    weight: (isGreedy ? 0 : 100) + fixed * 10 + (method === 'ANY' ? 0 : 1),
  };
}

async function eventOf(request: Request, url: URL, routeKey: string, sourceIp: string): Promise<unknown> {
  const body = Buffer.from(await request.arrayBuffer());
  const headers = Object.fromEntries(request.headers);
  return {
    version: '2.0',
    routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers,
    queryStringParameters: Object.fromEntries(url.searchParams),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: url.host,
      domainPrefix: 'local',
      http: { method: request.method, path: url.pathname, protocol: 'HTTP/1.1', sourceIp, userAgent: headers['user-agent'] ?? '' },
      requestId: crypto.randomUUID(),
      routeKey,
      stage: '$default',
      time: new Date().toISOString(),
      timeEpoch: Date.now(),
    },
    ...(body.length > 0 ? { body: body.toString('base64') } : {}),
    isBase64Encoded: body.length > 0,
  };
}
