import { onBothSides } from '../support/sides';
import { wholeApi } from '../support/whole-api';

onBothSides((side) => {
  async function open(scopes: string[] = ['check'], perMinute = 5) {
    const whole = await wholeApi(side, 24);
    const made = await whole.api.request('/v1/producer-keys', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await whole.token('admin', { exp: Math.floor(whole.clock.now() / 1000) + 3600 })}`,
        'content-type': 'application/json',
        'idempotency-key': 'make-0001',
      },
      body: JSON.stringify({ name: 'sign-up', scopes, perMinute }),
    });
    const { key } = await made.json();
    const ask = (body: unknown, headers: Record<string, string> = {}) =>
      whole.api.request('/v1/check', {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    return { ...whole, ask };
  }

  test('whoever signs people up is answered; a newcomer who is like nobody is let in', async () => {
    const { ask } = await open();
    const answer = await ask({ account: { paymentInstrument: 'tok_1', emailDomain: 'example.org' }, client: { userAgent: 'curl/8' } });
    expect([answer.status, await answer.json()]).toEqual([
      200,
      {
        checked: true,
        answer: 'allow',
        inAuto: 'allow',
        because: ['No campaign is known by anything that was shown.'],
        resembles: null,
        verification: null,
        unread: [],
      },
    ]);
    expect((await ask({})).status).toBe(200);
  });

  test('unknown fields, other bodies, other keys and too many are refused, each with what to do', async () => {
    const { ask } = await open();
    const unknown = await ask({ account: { password: 'x' }, card: '4111' });
    expect(unknown.status).toBe(400);
    expect((await unknown.json()).errors).toEqual([
      { in: 'body', field: 'account.password', message: 'There is no such field here.' },
      { in: 'body', field: 'card', message: 'There is no such field here.' },
    ]);
    expect((await ask('{"account":')).status).toBe(400);
    expect((await ask('{}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await ask({}, { authorization: '' })).status).toBe(401);
    expect((await ask({}, { authorization: `Bearer lsk_${'0'.repeat(16)}_${'0'.repeat(64)}` })).status).toBe(401);

    const events = await open(['usage']);
    const refused = await events.ask({});
    expect([refused.status, (await refused.json()).detail]).toEqual([
      403,
      'This key may not ask about newcomers: make one with the scope check.',
    ]);

    const few = await open(['check'], 2);
    expect([(await few.ask({})).status, (await few.ask({})).status]).toEqual([200, 200]);
    const slower = await few.ask({});
    expect(slower.status).toBe(429);
    expect(Number(slower.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('a flood by one key is answered to the last: so many as its quota, and the others when to come again', async () => {
    const { ask } = await open(['check'], 20);
    const answers = await Promise.all(Array.from({ length: 300 }, () => ask({ client: { userAgent: 'curl/8' } })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    const slowed = answers.filter(({ status }) => status === 429);
    expect(slowed).toHaveLength(280);
    expect(slowed.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true);
  });
});
