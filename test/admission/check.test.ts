import { check } from '../../functions/admission/check';
import { type Newcomer, showing } from '../../functions/admission/newcomer';
import { exonerate } from '../../functions/enforcement/commands/exonerate';
import { turnKillSwitch } from '../../functions/enforcement/policy/kill-switch';
import { parseEvent } from '../../functions/ingest/parse-event';
import { rowOf } from '../../functions/ingest/usage-row';
import type { Indicator } from '../../shared/domain/campaigns/campaign';
import { withMode } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { campaignId } from '../../shared/identity/ids';
import { hashText } from '../../shared/identity/keyed-hash';
import type { Table } from '../../shared/ports';
import { KnownByStore } from '../../shared/stores/campaigns/known-by-store';
import { MEMORY, onBothSides } from '../support/sides';
import { contained, hasher, OPERATOR } from '../support/worlds/contained-operator';
import { ADA, CLEO, RECOMMENDED, says } from '../support/worlds/enforcement-world';

onBothSides((side) => {
  test('the next account of a contained operator is held, with what it is known by; half of it is not enough', async () => {
    const { ports, campaign } = await contained(side);
    const answer = await check(OPERATOR, ports());
    expect(answer).toMatchObject({ checked: true, answer: 'hold', inAuto: 'hold', unread: [] });
    expect(answer.resembles).toMatchObject({ campaign: campaign.id, classification: 'distillation', nats: 21 });
    expect(answer.because).toContain(
      `Pays with an instrument of campaign ${campaign.id}: 20 of its 24 accounts have it (1097 times as likely for one of them as for anybody).`,
    );
    expect(await check({ account: OPERATOR.account }, ports())).toMatchObject({ answer: 'hold', resembles: { nats: 14 } });
    expect(await check({ client: OPERATOR.client }, ports())).toMatchObject({ answer: 'allow', resembles: null });
    expect(await check({ account: { paymentInstrument: 'a card of her own' }, client: OPERATOR.client }, ports())).toMatchObject({
      answer: 'allow',
    });
    expect(JSON.stringify(answer)).not.toMatch(/411111|198\.51|fastmail|harvest|step by step/);
  });

  test('a stopped kill switch, a vouched organisation and an undone case let everybody in', async () => {
    const { ports, enforcement, clock } = await contained(side);
    const organization = 'Institute of Sorting';
    const ofTheirs: Newcomer = { ...OPERATOR, account: { ...OPERATOR.account, organization } };
    const hash = showing(ofTheirs, hasher).organization!;
    expect((await check(ofTheirs, ports())).answer).toBe('hold');
    await exonerate(
      { ...says(ADA), scope: { kind: 'organization', organization: hash }, effect: 'exempt', until: clock.now() + 30 * DAY },
      enforcement,
    );
    expect(await check(ofTheirs, ports())).toMatchObject({
      answer: 'allow',
      inAuto: 'hold',
      because: expect.arrayContaining(['Its organisation is exempt.']),
    });
    expect((await check(OPERATOR, ports())).answer).toBe('hold');

    await turnKillSwitch({ ...says(CLEO), to: 'stopped' }, enforcement);
    expect(await check(OPERATOR, ports())).toMatchObject({ answer: 'allow', inAuto: 'hold' });
  });

  test('mode assist challenges, observe and shadow let in and say what auto would have answered', async () => {
    for (const [mode, answer] of [
      ['assist', 'challenge'],
      ['shadow', 'allow'],
      ['observe', 'allow'],
    ] as const) {
      const { ports } = await contained(side);
      const policy = async () => ({ policy: withMode(RECOMMENDED, mode, 'the test says so') });
      expect(await check(OPERATOR, ports({ policy }))).toMatchObject({ answer, inAuto: 'hold' });
    }
    const { ports } = await contained(side);
    expect(await check(OPERATOR, ports({ policy: async () => ({ policy: {} }) }))).toMatchObject({ checked: true, answer: 'allow' });
  });

  test('a campaign that nobody decided about holds and challenges nobody; one that waits for people challenges', async () => {
    const waiting = await contained(side, { policy: withMode(RECOMMENDED, 'assist', 'people approve') });
    const policy = async () => ({ policy: RECOMMENDED });
    expect(await check(OPERATOR, waiting.ports({ policy }))).toMatchObject({ answer: 'challenge', inAuto: 'challenge' });
    const watched = await contained(side, { policy: withMode(RECOMMENDED, 'observe', 'people look only') });
    expect(await check(OPERATOR, watched.ports({ policy }))).toMatchObject({ answer: 'allow', inAuto: 'allow' });
  });

  test('rows follow the campaign: what it is no longer known by, or no longer is, keeps nobody out', async () => {
    const { ports, campaign, known } = await contained(side);
    const [first, ...rest] = campaign.indicators;
    const next = { ...campaign, version: 2, indicators: rest };
    await known.follow(next, campaign);
    expect((await check(OPERATOR, ports())).resembles).toMatchObject({ nats: 14 });
    await known.follow({ ...next, version: 3, classification: 'shared-origin' }, next);
    expect(await check(OPERATOR, ports())).toMatchObject({ answer: 'allow', resembles: null });
    expect(first).toBeDefined();
  });
});

test('it fails open: an outage and silence are no reason to keep anybody out', async () => {
  const { ports } = await contained(MEMORY);
  const broken: Table = {
    ...({} as Table),
    query: async () => {
      throw new TypeError('the table is away');
    },
  };
  const silent: Table = { ...({} as Table), query: () => new Promise(() => {}) };
  expect(await check(OPERATOR, ports({ graph: broken }))).toEqual({
    checked: false,
    answer: 'allow',
    inAuto: 'allow',
    because: ['Let in without a check: it failed: TypeError.'],
    resembles: null,
    verification: null,
    unread: [],
  });
  expect(await check(OPERATOR, ports({ graph: silent, within: 5 }))).toMatchObject({ checked: false, answer: 'allow' });
});

test('what cannot be read is named and not guessed; nothing at all is answered too', async () => {
  const { ports } = await contained(MEMORY);
  const odd: Newcomer = { account: { signupIp: 'somewhere' }, network: { ip: '999.1.2.3' }, prompt: { fingerprint: 'f9.zz' } };
  expect(await check(odd, ports())).toMatchObject({
    answer: 'allow',
    unread: ['account.signupIp', 'network.ip', 'prompt.fingerprint'],
    because: ['Nothing was given that could be compared.'],
  });
  expect(await check({}, ports())).toMatchObject({ answer: 'allow', checked: true, unread: [] });
});

test('nobody gets by with an odd value: it is cut as ingest cuts it, and null is absent', () => {
  const long = {
    client: { userAgent: `harvest/1 ${'x'.repeat(2_000)}` },
    account: { signupIp: '203.0.113.9, 10.0.0.1', emailDomain: 'd'.repeat(400) },
  };
  const { shown, unread } = showing(long, hasher);
  const time = '2026-04-22T00:00:00Z';
  const event = { specversion: '1.0', type: 'lockstep.usage.v1', source: 's', id: '1', time, subject: 'a' };
  const parsed = parseEvent({ ...event, data: { model: 'm', inputTokens: 1, outputTokens: 1, client: long.client } }, Date.parse(time));
  if (parsed.kind !== 'event' || parsed.event.type !== 'lockstep.usage.v1') throw new Error('ingest refuses what the check takes');
  const asIngested = hashText(rowOf(parsed.event, parsed.at, hasher).client);
  expect(unread).toEqual([]);
  expect(shown.map(({ type }) => type)).toEqual(['signup-origin', 'signup-prefix', 'email-domain', 'client-build']);
  expect(shown.at(-1)!.hash).toBe(asIngested);
  expect(showing({ account: { signupIp: '203.0.113.9' } }, hasher).shown[0]).toEqual(shown[0]);
  expect(showing({ account: null, client: { userAgent: null }, prompt: { text: null } }, hasher).shown).toEqual([]);
  // Anybody may have an address at a public mail provider.
  expect(showing({ account: { emailDomain: 'proton.me' } }, hasher).shown).toEqual([]);
  expect(showing({ prompt: { fingerprint: 'f'.repeat(200) } }, hasher)).toMatchObject({ shown: [], unread: ['prompt.fingerprint'] });
});

test('a place and a name are what colleagues share: whoever shows nothing else of a campaign is let in', async () => {
  const { stores, campaign, ports } = await contained(MEMORY);
  const place: Newcomer = { account: { emailDomain: 'start-up.example', signupIp: '203.0.113.77' }, network: { ip: '203.0.113.78' } };
  const planted = showing(place, hasher).shown.map(
    ({ type, hash }): Indicator => ({
      type,
      hash,
      family: type.startsWith('network') ? 'infrastructure' : 'registration',
      members: 8,
      others: 0,
      firstUse: 0,
      lastUse: 0,
      weight: 6,
    }),
  );
  await new KnownByStore(stores.graph).follow({ ...campaign, version: 2, indicators: [...campaign.indicators, ...planted] }, campaign);
  expect(await check(place, ports())).toMatchObject({ answer: 'allow', inAuto: 'allow' });
  // With the operator's tool it is another matter.
  expect(await check({ ...place, client: OPERATOR.client }, ports())).toMatchObject({ answer: 'hold' });
});

test('a campaign that goes on writes what changed, and all of it once a week', async () => {
  const { stores, campaign, known } = await contained(MEMORY);
  let writes = 0;
  const graph: Table = {
    ...stores.graph,
    query: (query) => stores.graph.query(query),
    delete: (pk, sk) => stores.graph.delete(pk, sk),
    put: (...args) => {
      writes++;
      return stores.graph.put(...args);
    },
  };
  const counted = new KnownByStore(graph);
  const hourLater = { ...campaign, version: 2, updatedAt: campaign.updatedAt + HOUR };
  await counted.follow(hourLater, campaign);
  expect(writes).toBe(0);
  const heavier = { ...hourLater, indicators: hourLater.indicators.map((one, i) => (i === 0 ? { ...one, weight: 3 } : one)) };
  await counted.follow(heavier, hourLater);
  expect(writes).toBe(1);
  await counted.follow({ ...heavier, updatedAt: heavier.updatedAt + 8 * DAY }, heavier);
  expect(writes).toBe(1 + heavier.indicators.length);
  expect((await known.of(showing(OPERATOR, hasher).shown)).every((row) => row.campaign === campaignId('C-hydra'))).toBe(true);
});
