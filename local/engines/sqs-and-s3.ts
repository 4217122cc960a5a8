import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { EMULATED, type Engine } from './engine';

const EXISTS = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>PreconditionFailed</Code><Message>the object exists</Message></Error>';

const INSIDE = `http://sqs.${EMULATED.region}.localhost`;

const SentMessage = z.object({ MessageId: z.string(), MD5OfMessageBody: z.string() });

type Request = { method: string; url: string; headers: IncomingHttpHeaders };
type Reply = { status(code: number): Reply; header(name: string, value: string): Reply; send(body: string): unknown };

/**
 * SQS and S3 as fauxqs speaks them, in this process, on a loopback port. `startFauxqs` would listen on every interface.
 *
 * fauxqs 1.9 ignores `If-None-Match` on PUT; S3 answers 412 when the object exists, and the archive relies on it. The hook below
 * adds that one answer by asking fauxqs itself. Objects are at most 11 MiB here (its body limit).
 */
export async function startSqsAndS3(options: { port?: number; onObject?: (bucket: string, key: string) => void } = {}): Promise<Engine> {
  // Its package can only be imported, not required.
  const { buildApp } = await import('fauxqs');
  const app = buildApp({ logger: false });
  app.addHook('preHandler', async (request: Request, reply: Reply) => {
    if (request.method !== 'PUT' || request.headers['if-none-match'] !== '*') return;
    const found = await fetch(new URL(request.url.split('?')[0] ?? '/', endpoint), { method: 'HEAD' });
    if (!found.ok) return;
    await reply.status(412).header('content-type', 'application/xml').send(EXISTS);
  });
  // It names queues by a host that loopback cannot resolve (sqs.us-east-1.localhost): outside they are called by the address itself.
  app.addHook('preHandler', async ({ body }: { body?: unknown }) => {
    if (typeof body === 'object' && body !== null && 'QueueUrl' in body && typeof body.QueueUrl === 'string')
      body.QueueUrl = body.QueueUrl.replace(/^http:\/\/127\.0\.0\.1/, INSIDE);
  });
  // LiteLLM's logger, like other older clients, speaks the query protocol: a form in, XML out.
  app.addHook('preHandler', async (request: Request & { body?: unknown }, reply: Reply) => {
    const { body } = request;
    if (typeof body !== 'object' || body === null || !('Action' in body) || !('MessageBody' in body) || body.Action !== 'SendMessage')
      return;
    const QueueUrl =
      'QueueUrl' in body && typeof body.QueueUrl === 'string' ? body.QueueUrl : new URL(request.url.split('?')[0] ?? '/', endpoint).href;
    const sent = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.SendMessage',
        ...(request.headers.authorization ? { authorization: request.headers.authorization } : {}),
      },
      body: JSON.stringify({ QueueUrl, MessageBody: body.MessageBody }),
    });
    if (!sent.ok) {
      await reply
        .status(sent.status)
        .header('content-type', 'text/xml')
        .send(`<ErrorResponse><Error><Code>InvalidRequest</Code></Error></ErrorResponse>`);
      return;
    }
    const { MessageId, MD5OfMessageBody } = SentMessage.parse(await sent.json());
    await reply
      .status(200)
      .header('content-type', 'text/xml')
      .send(
        `<?xml version="1.0"?><SendMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><SendMessageResult><MessageId>${MessageId}</MessageId><MD5OfMessageBody>${MD5OfMessageBody}</MD5OfMessageBody></SendMessageResult><ResponseMetadata><RequestId>${MessageId}</RequestId></ResponseMetadata></SendMessageResponse>`,
      );
  });
  app.addHook('onSend', async (_: unknown, __: unknown, payload: unknown) =>
    typeof payload === 'string' ? payload.replaceAll(INSIDE, 'http://127.0.0.1') : payload,
  );
  app.addHook('onResponse', async (request: Request, reply: { statusCode: number }) => {
    const [, bucket, ...key] = (request.url.split('?')[0] ?? '').split('/');
    if (request.method === 'PUT' && reply.statusCode === 200 && bucket && key.length > 0)
      options.onObject?.(bucket, decodeURIComponent(key.join('/')));
  });
  const endpoint: string = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  return { endpoint, stop: () => app.close() };
}
