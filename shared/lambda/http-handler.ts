import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import type { z } from 'zod';
import { systemClock as clock } from '../aws/system-clock';
import { type Api, type HttpPorts, makeApi } from '../http/api';
import { tokenVerifier } from '../http/token';
import type { HttpEnv } from '../wiring';
import { table } from './adapters';
import { logger } from './observe';

/** A handler of the HTTP API: `routes` hangs a stage's routes on it, once for each function instance. */
export function httpHandler(env: z.output<typeof HttpEnv>, routes: (api: Api, http: HttpPorts) => void | Promise<void>) {
  let answering: Promise<ReturnType<typeof handle>> | undefined;
  const build = async () => {
    const http: HttpPorts = {
      verify: tokenVerifier(
        { issuer: env.TOKEN_ISSUER, audience: env.TOKEN_AUDIENCE, keys: { kind: 'remote', url: env.TOKEN_KEYS_URL } },
        clock,
      ),
      state: table(env.ACCESS_TABLE),
      clock,
      newRequestId: (c) => gatewayRequestId(c) ?? randomUUID(),
      addressOf: (c) => viewerAddress(c, env.EDGE_TOKEN),
      report: ({ requestId, route, error }) =>
        logger.error('failed', { requestId, route, error: error instanceof Error ? error : { name: typeof error } }),
    };
    const api = makeApi(http);
    await routes(api, http);
    return handle(api);
  };
  return async (event: LambdaEvent, context?: LambdaContext) => {
    answering ??= build().catch((error: unknown) => {
      answering = undefined;
      throw error;
    });
    return (await answering)(event, context);
  };
}

function gatewayRequestId(c: Context): string | undefined {
  const id: unknown = c.env?.requestContext?.requestId;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/**
 * Whose rate is limited. Behind our CloudFront distribution the platform sees CloudFront, whose viewer function says the caller's
 * address in a header; a request that does not show the distribution's token came straight to the gateway, and its header is a lie.
 */
export function viewerAddress(c: Context, edgeToken: string): string {
  const seen = c.env?.requestContext?.http?.sourceIp;
  const said = c.req.header('x-lockstep-edge') === edgeToken ? c.req.header('x-viewer-address') : undefined;
  return said ?? (typeof seen === 'string' ? seen : 'unknown');
}
