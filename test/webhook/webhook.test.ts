import { createServer, type RequestListener, type Server } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { Receiver } from '../../local/provider/receiver/receiver';
import { accountKey, caseId, sealedId } from '../../shared/identity/ids';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { openedKey } from '../../shared/identity/opened-names';
import { openerFor } from '../../shared/lambda/key-ring';
import type { ActionRequest } from '../../shared/ports';
import { filteredPost } from '../../shared/webhook/filtered-post';
import { WebhookProvider, type WebhookSettings } from '../../shared/webhook/webhook-provider';

const secret = (text: string) => `whsec_${Buffer.from(text.padEnd(32, '.')).toString('base64')}`;
const OLD = secret('the old secret');
const NEW = secret('the new secret');
const hasher = new KeyedHasher('an identifier key of the test, 32 characters');
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const action = (over: Partial<ActionRequest> = {}): ActionRequest => ({
  id: 'C.0001.a.1.suspend',
  kind: 'suspend',
  account: accountKey('a'),
  sealed: hasher.account('acct-81f3').sealed,
  sequence: 1,
  case: caseId('C.0001'),
  classification: 'distillation',
  reasonCode: 'coordinated-extraction',
  text: 'why',
  hints: [],
  expiresAt: Date.parse('2026-06-01T00:00:00Z'),
  ...over,
});

function providerFor(url: string, over: Partial<WebhookSettings> = {}): WebhookProvider {
  return new WebhookProvider({
    endpoint: async () => ({ url, secrets: [NEW, OLD] }),
    open: (sealed) => hasher.open(sealed),
    openKey: (named) => openedKey(named, [hasher]),
    // Room for a busy machine: only receivers that never finish come as far as this.
    post: filteredPost({ timeoutMs: 10_000, allow: ['127.0.0.1'] }),
    clock: { now: () => Date.now() },
    firstPauseMs: 1,
    ...over,
  });
}

async function receiver(
  secrets: string[] = [NEW],
  reports: object[] = [],
): Promise<{ url: string; receiver: Receiver; reports: object[] }> {
  const made = new Receiver({ secrets, report: async (event) => void reports.push(event) });
  const url = await made.listen();
  closing.push(() => made.close());
  return { url, receiver: made, reports };
}

async function server(listener: RequestListener): Promise<string> {
  const made: Server = createServer(listener);
  await new Promise<void>((ready) => made.listen(0, '127.0.0.1', ready));
  closing.push(() => {
    made.close();
    made.closeAllConnections();
  });
  const address = made.address();
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/actions`;
}

describe('at the example receiver', () => {
  test('an action arrives signed, names the account by the provider’s own id, is carried out and reported back', async () => {
    const { url, receiver: there, reports } = await receiver();
    expect(await providerFor(url).request(action())).toEqual({ kind: 'acknowledged' });
    expect(there.accounts.get('acct-81f3')).toMatchObject({ restriction: 'suspend' });
    expect(reports).toMatchObject([{ type: 'lockstep.account.v1', subject: 'acct-81f3', data: { standing: 'suspended' } }]);
  });

  test('a row that names one account and seals another: refused, and nobody is asked about anybody', async () => {
    const { url, receiver: there, reports } = await receiver();
    const checked = { open: openerFor(`${'n'.repeat(64)}\n${'k'.repeat(64)}`) };
    const own = new KeyedHasher('k'.repeat(64));
    const [attacker, victim] = [own.account('acct-attacker'), own.account('acct-victim')];
    const forged = action({ account: attacker.key, sealed: victim.sealed });
    expect(await providerFor(url, checked).request(forged)).toEqual({
      kind: 'refused',
      because: expect.stringContaining('another account’s'),
    });
    expect(await providerFor(url, checked).request(action({ account: victim.key, sealed: victim.sealed }))).toEqual({
      kind: 'acknowledged',
    });
    expect([...there.accounts.keys()]).toEqual(['acct-victim']);
    expect(reports).toHaveLength(1);
  });

  test('the same message twice is carried out once', async () => {
    const { url, reports } = await receiver();
    for (let again = 0; again < 3; again++) expect(await providerFor(url).request(action())).toEqual({ kind: 'acknowledged' });
    expect(reports).toHaveLength(1);
  });

  test('a suspension that arrives after the undo it was overtaken by changes nothing', async () => {
    const { url, receiver: there } = await receiver();
    await providerFor(url).request(action({ id: 'C.0001.a.2.restore', kind: 'restore', sequence: 2 }));
    expect(await providerFor(url).request(action())).toEqual({ kind: 'acknowledged' });
    expect(there.restricted('suspend')).toBe(0);
  });

  test('secrets rotate: a receiver that knows either secret accepts, one that knows neither does not', async () => {
    for (const known of [OLD, NEW]) {
      const { url } = await receiver([known]);
      expect((await providerFor(url).request(action())).kind).toBe('acknowledged');
    }
    const { url, receiver: there } = await receiver([secret('another')]);
    expect(await providerFor(url).request(action())).toMatchObject({ kind: 'unreachable', because: 'the receiver answered 401' });
    expect(there.accounts.size).toBe(0);
  });

  test('a message changed on its way, or one from last week, is not accepted', async () => {
    const { url, receiver: there } = await receiver();
    const body = JSON.stringify({ type: 'lockstep.action.v1' });
    const send = (text: string, at: Date) =>
      fetch(url, {
        method: 'POST',
        body: text,
        headers: {
          'webhook-id': 'm',
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': new Webhook(NEW).sign('m', at, body),
        },
      });
    expect((await send(`${body} `, new Date())).status).toBe(401);
    expect((await send(body, new Date(Date.now() - 7 * 86_400_000))).status).toBe(401);
    expect((await send(body, new Date())).status).toBe(422);
    expect(there.accounts.size).toBe(0);
  });
});

describe('a receiver that', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  test('refuses says why, and is not asked again', async () => {
    let asked = 0;
    const url = await server((_, answer) => {
      asked++;
      answer.writeHead(422).end('under a legal hold');
    });
    expect(await providerFor(url).request(action())).toEqual({ kind: 'refused', because: 'under a legal hold' });
    expect(asked).toBe(1);
  });

  test('fails twice is tried again, with the same message id each time', async () => {
    const ids: unknown[] = [];
    const url = await server((request, answer) => {
      ids.push(request.headers['webhook-id']);
      answer.writeHead(ids.length < 3 ? 503 : 204).end();
    });
    expect(await providerFor(url).request(action())).toEqual({ kind: 'acknowledged' });
    expect(ids).toEqual([action().id, action().id, action().id]);
  });

  test.each([
    ['is down', async () => 'http://127.0.0.1:9/actions'],
    ['never answers', () => server(() => {})],
    ['answers for ever', () => server((_, answer) => void setInterval(() => answer.write('x'.repeat(5000)), 5).unref())],
    [
      'answers with a redirect to somewhere else',
      () => server((_, answer) => answer.writeHead(302, { location: 'http://169.254.169.254/' }).end()),
    ],
  ])('%s is unreachable', async (_, url) => {
    const impatient = filteredPost({ timeoutMs: 300, allow: ['127.0.0.1'] });
    expect((await providerFor(await url(), { tries: 2, post: impatient }).request(action())).kind).toBe('unreachable');
  });

  test('fails too often in a row is left alone for a while, then tried again', async () => {
    let asked = 0;
    let well = false;
    const url = await server((_, answer) => {
      asked++;
      answer.writeHead(well ? 204 : 500).end();
    });
    // The breaker reads the date, which stands still here until it is set.
    jest.useFakeTimers({
      now: Date.now(),
      doNotFake: [
        'hrtime',
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setInterval',
        'clearInterval',
        'setTimeout',
        'clearTimeout',
      ],
    });
    const provider = providerFor(url, { tries: 1, breakAfter: 3, restMs: 60_000 });
    for (let n = 0; n < 10; n++) expect((await provider.request(action())).kind).toBe('unreachable');
    expect(asked).toBe(3);
    well = true;
    jest.setSystemTime(Date.now() + 60_001);
    expect((await provider.request(action())).kind).toBe('acknowledged');
  });
});

describe('addresses that are never called', () => {
  test.each([
    ['a loopback address', 'https://127.0.0.1/actions'],
    ['the metadata service', 'https://169.254.169.254/latest/meta-data'],
    ['a private network', 'https://10.0.0.7/actions'],
    ['a private IPv6 network', 'https://[fd00::1]/actions'],
    ['a name that resolves to this machine', 'https://localhost/actions'],
    ['plain HTTP', 'http://receiver.example/actions'],
    ['a file', 'file:///etc/passwd'],
  ])('%s', async (_, url) => {
    const provider = providerFor(url, { post: filteredPost({ timeoutMs: 300 }), tries: 1 });
    const answer = await provider.request(action());
    expect(answer.kind).toBe('unreachable');
    expect(answer.kind === 'unreachable' && answer.because).toMatch(/is not allowed|is not HTTPS/);
  });
});

test('an account sealed under another key is a fault, not an answer', async () => {
  await expect(
    providerFor('http://127.0.0.1:9/').request(action({ sealed: sealedId('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA') })),
  ).rejects.toThrow();
});
