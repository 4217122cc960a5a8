import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Engine } from './engine';

export type JsonAnswer = { status?: number; body: unknown };

/**
 * A loopback server of AWS's JSON protocol for services that no embedded engine speaks (EventBridge, Secrets Manager):
 * `answer` gets the operation's name ("PutEvents") and the parsed request. What goes over the wire is the real client's doing.
 */
export async function startJsonEndpoint(
  answer: (operation: string, request: unknown) => JsonAnswer | Promise<JsonAnswer>,
): Promise<Engine> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () => {
      const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
      const { status = 200, body } = await answer(operation, JSON.parse(Buffer.concat(parts).toString()));
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the endpoint has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
