import { openAppeals } from '../../functions/appeals/appeals';
import { appealRoutes } from '../../functions/appeals/routes';
import { carryOutAppeals } from '../../functions/enforcement/account-actions/carry-out-appeals';
import { enforcementRoutes } from '../../functions/enforcement/api/routes';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { DAY } from '../../shared/domain/time';
import { signAppealLink } from '../../shared/identity/appeal-link';
import { caseId } from '../../shared/identity/ids';
import { openDoor } from '../support/api-client';
import { onBothSides } from '../support/sides';
import { account, buildCampaign } from '../support/worlds/build-campaign';
import { enforcementWorld } from '../support/worlds/enforcement-world';
import { NAMES } from '../support/worlds/fixture-world';

const KEYS = [{ id: 'k1', secret: 'an appeal key for tests, long enough' }];

onBothSides((side) => {
  /** A campaign suspended in mode auto, and the link that the owner of account 7 got. */
  async function open() {
    const world = await enforcementWorld(side);
    await world.detect(buildCampaign({ size: 20 }));
    await world.pass(DAY);
    const door = await openDoor(side);
    const { table, policy } = world.enforcement;
    appealRoutes(door.api, door.http, openAppeals({ table, clock: world.clock, keys: async () => KEYS, policy }));
    enforcementRoutes(door.api, door.http, world.enforcement, NAMES);
    const chain = await world.enforcement.ledger.history(ACCOUNT_CHAIN, account(7));
    const asked = chain.find((entry) => entry.state.phase.kind === 'asked');
    if (asked?.state.phase.kind !== 'asked') throw new Error('account 7 was not acted on');
    const subject = { account: account(7), case: caseId(asked.state.phase.action.case), sequence: asked.sequence };
    const link = await signAppealLink(subject, { keys: KEYS, baseUrl: 'https://x.test/appeal', now: world.clock.now(), validDays: 30 });
    const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
      const answer = await door.api.request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: await answer.json() };
    };
    let keys = 0;
    const as = async (name: string) => ({
      authorization: `Bearer ${await door.token('reviewer', { sub: name })}`,
      'idempotency-key': `command-${++keys}`,
    });
    const get = async (path: string, name: string) => (await door.api.request(path, { headers: await as(name) })).json();
    return { ...door, world, token: link.slice(link.indexOf('#') + 1), post, as, get };
  }

  describe('appealing', () => {
    test('the person reads why, appeals without a login, two reviewers grant it, the account is back', async () => {
      const { world, token, post, as, get } = await open();
      expect(world.provider.restrictionOn(account(7))).toBe('suspend');
      const notice = await post('/v1/appeal/read', { token });
      expect(notice.body).toMatchObject({
        action: 'suspend',
        title: 'Coordinated extraction of model outputs',
        evidence: [],
        progress: 'none',
      });
      const opened = await post('/v1/appeal', { token, statement: 'We are a university lab; the card is the department’s.' });
      expect(opened).toMatchObject({ status: 200, body: { kind: 'opened' } });
      expect((await post('/v1/appeal', { token, statement: 'Again.' })).body).toMatchObject({
        kind: 'already',
        appeal: opened.body.appeal,
      });
      expect((await post('/v1/appeal/read', { token })).body).toMatchObject({ progress: 'open', answerBy: opened.body.answerBy });

      const queue = await get('/v1/appeals', 'rei');
      expect(queue.items).toMatchObject([{ id: opened.body.appeal, account: account(7), progress: 'open' }]);
      expect((await get(`/v1/appeals/${opened.body.appeal}`, 'rei')).statement).toMatch('university lab');
      const review = `/v1/appeals/${opened.body.appeal}/review`;
      const verdict = { verdict: 'grant', because: 'the lab is known to us' };
      expect((await post(review, verdict, await as('rei'))).body.kind).toBe('done');
      expect((await post(review, verdict, await as('rei'))).body.kind).toBe('already');
      await post(review, verdict, await as('sam'));
      await carryOutAppeals(world.enforcement);
      expect(world.provider.restrictionOn(account(7))).toBeNull();
      expect((await post('/v1/appeal/read', { token })).body.progress).toBe('granted');
    });

    test('a viewer does not see what the person wrote', async () => {
      const { token, post, api, token: _link, ...rest } = await open();
      const opened = await post('/v1/appeal', { token, statement: 'Private words.' });
      const viewer = { authorization: `Bearer ${await openViewer(rest)}` };
      const seen = await (await api.request(`/v1/appeals/${opened.body.appeal}`, { headers: viewer })).json();
      expect(seen).toMatchObject({ progress: 'open', statement: null });
    });

    test('made-up, changed and expired links; nothing of the token in the access log', async () => {
      const { world, token, post, state, clock } = await open();
      expect((await post('/v1/appeal/read', { token: 'x'.repeat(40) })).status).toBe(404);
      expect((await post('/v1/appeal/read', { token: `${token.slice(0, -2)}AA` })).status).toBe(404);
      expect((await post('/v1/appeal/read', { token: 'short' })).body.errors[0].field).toBe('token');
      expect((await post('/v1/appeal', { token, statement: '' })).body.errors[0].field).toBe('statement');
      expect((await post('/v1/appeal', { token, statement: 'x'.repeat(4_001) })).body.errors[0].field).toBe('statement');
      world.clock.advanceTo(world.clock.now() + 31 * DAY);
      expect((await post('/v1/appeal/read', { token })).body).toMatchObject({ status: 410, type: 'urn:lockstep:problem:gone' });
      const log = JSON.stringify((await state.query({ pk: `ACCESS#${new Date(clock.now()).toISOString().slice(0, 10)}` })).items);
      expect(log).toContain('/v1/appeal/read');
      expect(log).not.toContain(token.slice(0, 24));
    });

    test('a person without a login is limited by address', async () => {
      const { post } = await open();
      for (let request = 0; request < 30; request++) await post('/v1/appeal/read', { token: 'x'.repeat(40) });
      expect((await post('/v1/appeal/read', { token: 'x'.repeat(40) })).status).toBe(429);
    });
  });
});

const openViewer = ({ sign, issuer, clock }: Pick<Awaited<ReturnType<typeof openDoor>>, 'sign' | 'issuer' | 'clock'>) =>
  sign({ iss: issuer, aud: 'lockstep', sub: 'vic', roles: ['viewer'], exp: Math.floor(clock.now() / 1000) + 600 });
