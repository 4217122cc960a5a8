import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { ActionMessage } from '../../local/provider/receiver/receiver';
import type { ToyProvider } from '../../local/provider/toy-provider';
import { CLASSIFICATIONS } from '../../shared/domain/campaigns/campaign';
import { accountKey, caseId, hash64, sealedId } from '../../shared/identity/ids';
import type { Provider } from '../../shared/ports';
import { filteredPost } from '../../shared/webhook/filtered-post';
import { WebhookProvider } from '../../shared/webhook/webhook-provider';

/** All of a message: the example receiver reads only what it needs. */
const WholeMessage = ActionMessage.extend({
  data: ActionMessage.shape.data.extend({
    accountKey: z.string().transform(accountKey),
    case: z.string().transform(caseId),
    classification: z.enum(CLASSIFICATIONS),
    reasonCode: z.string(),
    hints: z.array(z.string()),
    expiresAt: z.iso.datetime().optional(),
  }),
});

export type ToyReceiver = { reach(provider: ToyProvider): Provider; stop(): void };

/** Toy providers behind signed webhooks on loopback, each at a path of its own. One that is down hangs up. */
export async function toyReceiver(): Promise<ToyReceiver> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const providers: ToyProvider[] = [];
  const server = createServer(async (request, answer) => {
    const provider = providers[Number(request.url?.slice(1))];
    const body = await text(request);
    const header = (name: string) => String(request.headers[name]);
    const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
    new Webhook(secret).verify(body, Object.fromEntries(names.map((name) => [name, header(name)])));
    const { accountKey: key, account: id, expiresAt, apiKeys, ...data } = WholeMessage.parse(JSON.parse(body)).data;
    const told = await provider?.request({
      ...data,
      account: key,
      sealed: sealedId(`sealed-${id}`),
      ...(apiKeys === undefined ? {} : { keys: apiKeys.map((name) => ({ key: hash64(name), sealed: sealedId(`sealed-${name}`) })) }),
      ...(expiresAt === undefined ? {} : { expiresAt: Date.parse(expiresAt) }),
    });
    switch (told?.kind) {
      case 'acknowledged':
        return answer.writeHead(204).end();
      case 'refused':
        return answer.writeHead(422).end(told.because);
      default:
        return request.socket.destroy();
    }
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  return {
    reach(provider) {
      const url = `http://127.0.0.1:${address.port}/${providers.push(provider) - 1}`;
      return new WebhookProvider({
        endpoint: async () => ({ url, secrets: [secret] }),
        open: (sealed) => sealed.replace(/^sealed-/, ''),
        openKey: ({ sealed }) => sealed.replace(/^sealed-/, ''),
        post: filteredPost({ timeoutMs: 30_000, allow: ['127.0.0.1'] }),
        // Signatures are checked against the wall clock, whatever time is played; and the breaker rests by it.
        clock: { now: () => Date.now() },
        firstPauseMs: 1,
        restMs: 1,
      });
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
