import { exonerate } from '../../functions/enforcement/commands/exonerate';
import { openTelling } from '../../functions/enforcement/notices/open-telling';
import { tellPeople } from '../../functions/enforcement/notices/tell-people';
import { approveReferral } from '../../functions/enforcement/referrals/approve-referral';
import { draftOf, refer } from '../../functions/enforcement/referrals/refer';
import { afterAnswer, afterTime } from '../../functions/enforcement/referrals/referral-state';
import { noteAnswer, takeAnswer, withdraw } from '../../functions/enforcement/referrals/take-answer';
import { ToyDesks } from '../../local/provider/toy-desk';
import type { AccountFacts } from '../../shared/domain/account';
import { type Campaign, firstPartyOf, tenantsOf } from '../../shared/domain/campaigns/campaign';
import { ACKNOWLEDGE_WITHIN, isOpen, REFERRAL_CHAIN, type Referral, ReferralNews } from '../../shared/domain/cases/referral';
import { DAY, HOUR } from '../../shared/domain/time';
import { hash64, sealedId } from '../../shared/identity/ids';
import { MemoryEventBus } from '../../shared/memory/memory-event-bus';
import { MemoryTable } from '../../shared/memory/memory-table';
import { fc } from '../support/property';
import { onBothSides, type Side } from '../support/sides';
import { account, buildCampaign, buildMember, T0 } from '../support/worlds/build-campaign';
import { BEN, BOLD, CLEO, enforcementWorld, policyWith, says, set, VIEWER } from '../support/worlds/enforcement-world';

const OWN = 30;
const BEDROCK = 6;
const VERTEX = 3;
/** Thirty first-party accounts, six tenants of Bedrock and three of Vertex. */
const mixed = (over: Partial<Campaign> = {}): Campaign => {
  const members = Array.from({ length: OWN + BEDROCK + VERTEX }, (_, n) =>
    buildMember(n, n < OWN ? {} : { cloud: n < OWN + BEDROCK ? 'bedrock' : 'vertex' }),
  );
  return buildCampaign({ members, exchanges: 26 * members.length, ...over });
};
/** Two people for the tenants of Bedrock. */
const TWO_PEOPLE = policyWith((policy) => {
  policy.approval.twoAbove = set(BEDROCK - 1);
});
const tenantFacts = (n: number): AccountFacts => ({
  cloud: n < OWN + BEDROCK ? 'bedrock' : 'vertex',
  tenant: hash64(`tenant-${n}`),
  tenantSealed: sealedId(`sealed-aws-${n}`),
  billingAccount: hash64('payer'),
  billingSealed: sealedId('sealed-payer'),
});

async function withDesks(side: Side, clouds: readonly string[] = ['bedrock']) {
  const desks = new ToyDesks(clouds);
  const world = await enforcementWorld(side, { policy: BOLD, desks });
  for (let n = OWN; n < OWN + BEDROCK + VERTEX; n++) world.facts.set(account(n), tenantFacts(n));
  const campaign = mixed();
  await world.detect(campaign);
  const words = async (id: string) => (await world.enforcement.ledger.history(REFERRAL_CHAIN, id)).map(({ what }) => what);
  const head = async (id: string) => (await world.enforcement.referrals.head(id))?.state;
  const asked = { campaign: campaign.id, cloud: 'bedrock', withhold: [] };
  return { ...world, desks, campaign, words, head, asked };
}
const FIRST = 'C-hydra.bedrock.1';
const answer = (over: Partial<ReferralNews> = {}): ReferralNews =>
  ReferralNews.parse({
    kind: 'referral',
    referral: FIRST,
    event: 'e-1',
    at: T0 + HOUR,
    answer: 'acknowledged',
    reference: 'ticket 7',
    ...over,
  });

onBothSides((side) => {
  test('no action of ours reaches a tenant, in any mode and by nobody; first-party accounts of the same campaign are contained', async () => {
    const { provider, pass, enforcement, campaign } = await withDesks(side);
    await pass(DAY);
    expect(provider.suspended()).toHaveLength(OWN);
    const asked = new Set(provider.received.map((action) => action.account));
    for (let n = OWN; n < OWN + BEDROCK + VERTEX; n++) expect(asked.has(account(n))).toBe(false);
    const kept = await enforcement.campaigns.get(campaign.id);
    expect(firstPartyOf(kept!.members)).toEqual({ accounts: OWN, exchanges: 26 * OWN, prevented: 0 });
    expect(tenantsOf(kept!.members)).toEqual({
      bedrock: { accounts: BEDROCK, exchanges: 26 * BEDROCK, prevented: 0 },
      vertex: { accounts: VERTEX, exchanges: 26 * VERTEX, prevented: 0 },
    });
  });

  test('referred, taken, acknowledged, acted; every step an entry, the same command and the same answer once', async () => {
    const { enforcement, desks, words, head, asked, clock } = await withDesks(side);
    const command = says(BEN, 'they are the same operator');
    expect(await refer({ ...says(VIEWER), ...asked }, enforcement)).toMatchObject({ kind: 'refused' });
    expect(await refer({ ...command, ...asked }, enforcement)).toMatchObject({ kind: 'done', referral: FIRST });
    expect(await refer({ ...command, ...asked }, enforcement)).toMatchObject({ kind: 'already' });
    expect(desks.received).toHaveLength(1);
    const told = desks.received[0]!;
    expect(told).toMatchObject({
      kind: 'refer',
      referral: { id: FIRST, cloud: 'bedrock', elsewhere: { firstParty: OWN, otherClouds: VERTEX } },
    });
    expect(told.referral.tenants.map(({ account: key }) => key)).toEqual(Array.from({ length: BEDROCK }, (_, n) => account(OWN + n)));
    expect(await words(FIRST)).toEqual(['referred', 'sent']);
    clock.advanceTo(T0 + HOUR);
    expect(await takeAnswer(answer(), enforcement)).toMatchObject({ kind: 'acknowledged' });
    expect(await takeAnswer(answer(), enforcement)).toMatchObject({ kind: 'already' });
    expect(await takeAnswer(answer({ event: 'e-2', answer: 'acted', at: T0 + 2 * HOUR }), enforcement)).toMatchObject({ kind: 'acted' });
    expect(await takeAnswer(answer({ event: 'e-3', at: T0 + 3 * HOUR }), enforcement)).toMatchObject({ kind: 'already' });
    expect(await takeAnswer(answer({ event: 'e-0', referral: 'C-hydra.bedrock.9' }), enforcement)).toMatchObject({ kind: 'unknown' });
    expect(await words(FIRST)).toEqual(['referred', 'sent', 'acknowledged', 'acted']);
    expect(await head(FIRST)).toMatchObject({ reference: 'ticket 7', progress: { kind: 'acted' } });
    // Nobody new: there is nothing to refer.
    expect(await refer({ ...says(BEN), ...asked }, enforcement)).toMatchObject({ kind: 'refused' });
  });

  test('the letter names tenants and payers of its own cloud, and nothing of ours', async () => {
    const { enforcement, desks, asked, campaign } = await withDesks(side);
    await refer({ ...says(BEN), ...asked, withhold: ['payment'] }, enforcement);
    const message = desks.received[0]!;
    const tenants = message.referral.tenants.map((_, n) => ({
      tenant: `1234${n}`,
      billingAccount: '99|99',
      exchanges: 26,
      firstSeen: T0,
      lastSeen: null,
    }));
    const { subject, markdown } = message.letter(tenants);
    expect(subject).toBe(`Abuse referral ${FIRST}: 6 AWS accounts`);
    expect(markdown).toContain('| 12345 | 99\\|99 | 26 | 2026-04-22 | not at hand |');
    expect(markdown).toContain('30 accounts of our own and 3 tenants of other clouds');
    expect(markdown).toContain('*content*');
    expect(markdown).not.toContain('*payment*');
    for (const member of campaign.members) expect(markdown).not.toContain(member.account);
    for (const { tenant, tenantSealed } of message.referral.tenants) {
      expect(markdown).not.toContain(tenant);
      expect(markdown).not.toContain(tenantSealed);
    }
  });

  test('a desk that cannot be reached is asked again; nobody answers in time: overdue, once, and people are told', async () => {
    const { enforcement, desks, asked, words, pass, stores, clock, head } = await withDesks(side);
    desks.behaviour = () => 'down';
    expect(await refer({ ...says(BEN), ...asked }, enforcement)).toMatchObject({
      kind: 'done',
      because: expect.stringContaining('tried again'),
    });
    expect(await words(FIRST)).toEqual(['referred']);
    desks.behaviour = () => 'takes';
    await pass(HOUR);
    expect(await words(FIRST)).toEqual(['referred', 'sent']);
    await pass(4 * DAY);
    expect(await words(FIRST)).toEqual(['referred', 'sent', 'overdue']);
    const telling = openTelling({
      table: stores.enforcement,
      features: new MemoryTable(clock),
      deadLetters: { count: async () => [] },
      clock,
    });
    const bus = new MemoryEventBus();
    await tellPeople(telling, { bus, channels: [], origin: 'https://console.example' });
    expect(bus.published.filter(({ type }) => type === 'lockstep.notice.referral-overdue')).toHaveLength(1);
    // Late, and taken all the same; the next clock runs from then on.
    await takeAnswer(answer({ at: clock.now() }), enforcement);
    expect(await head(FIRST)).toMatchObject({ progress: { kind: 'acknowledged', overdueAt: null } });
    await pass(15 * DAY);
    expect(await words(FIRST)).toEqual(['referred', 'sent', 'overdue', 'acknowledged', 'overdue']);
  });

  test('of as many as take two people to act on, another person approves first: the desk hears nothing before, and what was drafted after', async () => {
    const { enforcement, desks, asked, words, head, judgeBy, pass, clock } = await withDesks(side);
    judgeBy(TWO_PEOPLE);
    expect(await draftOf(asked, [], enforcement)).toMatchObject({ kind: 'draft', approvers: 2 });
    expect(await refer({ ...says(BEN), ...asked }, enforcement)).toMatchObject({
      kind: 'done',
      referral: FIRST,
      because: expect.stringContaining('waits for another person'),
    });
    // Nothing of it is out, and nothing that comes in about it counts.
    await pass(HOUR);
    expect(desks.received).toEqual([]);
    expect(await takeAnswer(answer(), enforcement)).toMatchObject({ kind: 'too-early' });
    expect(await noteAnswer({ ...says(CLEO), id: FIRST, answer: 'sent' }, enforcement)).toMatchObject({ kind: 'refused' });
    // Neither who asked for it nor a viewer, and the same tenants are not referred a second time beside it.
    expect(await approveReferral({ ...says(BEN), id: FIRST }, enforcement)).toMatchObject({ kind: 'refused' });
    expect(await approveReferral({ ...says(VIEWER), id: FIRST }, enforcement)).toMatchObject({ kind: 'refused' });
    expect(await approveReferral({ ...says(CLEO), id: 'C-hydra.bedrock.9' }, enforcement)).toMatchObject({ kind: 'unknown' });
    expect(await refer({ ...says(CLEO), ...asked }, enforcement)).toMatchObject({ kind: 'refused' });
    expect(await approveReferral({ ...says(CLEO), id: FIRST }, enforcement)).toMatchObject({ kind: 'done' });
    expect(await approveReferral({ ...says(CLEO), id: FIRST }, enforcement)).toMatchObject({ kind: 'already' });
    expect(await words(FIRST)).toEqual(['referred', 'approved', 'sent']);
    expect(await head(FIRST)).toMatchObject({ by: 'ben', approvedBy: 'cleo', progress: { answerBy: clock.now() + ACKNOWLEDGE_WITHIN } });
    expect(desks.received.map(({ referral }) => referral.tenants.length)).toEqual([BEDROCK]);
  });

  test('nobody approves in time: overdue; withdrawn before it was sent, no desk hears of it; a tenant cleared meanwhile stops it', async () => {
    const { enforcement, desks, asked, words, judgeBy, pass } = await withDesks(side);
    judgeBy(TWO_PEOPLE);
    await refer({ ...says(BEN), ...asked }, enforcement);
    await pass(60 * DAY);
    expect(await words(FIRST)).toEqual(['referred', 'overdue']);
    const until = enforcement.clock.now() + 30 * DAY;
    const scope = { kind: 'account' as const, account: account(OWN) };
    expect(await exonerate({ ...says(CLEO), scope, effect: 'exonerated', until }, enforcement)).toMatchObject({ kind: 'done' });
    expect(await approveReferral({ ...says(CLEO), id: FIRST }, enforcement)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('1 of its tenants are exonerated since'),
    });
    expect(await withdraw({ ...says(BEN), id: FIRST }, enforcement)).toMatchObject({ kind: 'done' });
    expect(await words(FIRST)).toEqual(['referred', 'overdue', 'withdrawn']);
    expect(desks.received).toEqual([]);
    expect(await refer({ ...says(BEN), ...asked }, enforcement)).toMatchObject({ kind: 'done', referral: 'C-hydra.bedrock.2' });
    expect(desks.received.map(({ referral }) => referral.tenants.length)).toEqual([BEDROCK - 1]);
  });

  test('many small referrals by one person are no way around the second', async () => {
    const { enforcement, asked, campaign, detect, judgeBy } = await withDesks(side);
    judgeBy(TWO_PEOPLE);
    const some = (from: number, to: number) => ({
      ...campaign,
      members: campaign.members.filter((_, n) => n < OWN || (n >= OWN + from && n < OWN + to)),
    });
    await detect(some(0, 4));
    expect(await refer({ ...says(BEN), ...asked }, enforcement)).toMatchObject({ because: expect.stringContaining('names 4 tenants') });
    await detect(some(0, BEDROCK));
    expect(await refer({ ...says(BEN), ...asked }, enforcement)).toMatchObject({
      because: expect.stringContaining('waits for another person'),
    });
  });

  test('withdrawn: the desk hears it, its answers count no more, and the tenants can be referred again', async () => {
    const { enforcement, desks, asked, words } = await withDesks(side);
    await refer({ ...says(BEN), ...asked }, enforcement);
    expect(await withdraw({ ...says(VIEWER), id: FIRST }, enforcement)).toMatchObject({ kind: 'refused' });
    desks.behaviour = () => 'down';
    expect(await withdraw({ ...says(CLEO), id: FIRST }, enforcement)).toMatchObject({ kind: 'done' });
    expect(await words(FIRST)).toEqual(['referred', 'sent', 'withdrawal asked']);
    desks.behaviour = () => 'takes';
    expect(await withdraw({ ...says(CLEO), id: FIRST }, enforcement)).toMatchObject({ kind: 'already' });
    expect(await words(FIRST)).toEqual(['referred', 'sent', 'withdrawal asked', 'withdrawn']);
    expect(desks.standing()).toEqual([]);
    expect(desks.received.at(-1)!.letter([]).markdown).toContain('We withdraw our referral');
    expect(await takeAnswer(answer(), enforcement)).toMatchObject({ kind: 'outdated' });
    expect(await refer({ ...says(BEN), ...asked }, enforcement)).toMatchObject({ kind: 'done', referral: 'C-hydra.bedrock.2' });
    expect(desks.standing()).toEqual(['C-hydra.bedrock.2']);
    expect(await withdraw({ ...says(CLEO), id: 'C-hydra.bedrock.7' }, enforcement)).toMatchObject({ kind: 'unknown' });
  });

  test('a cloud without a desk: a person hands the letter in and notes it; a desk that refuses says why', async () => {
    const { enforcement, desks, asked, words } = await withDesks(side);
    const vertex = { ...asked, cloud: 'vertex' };
    expect(await refer({ ...says(BEN), ...vertex }, enforcement)).toMatchObject({
      kind: 'done',
      because: expect.stringContaining('hand the letter in'),
    });
    const id = 'C-hydra.vertex.1';
    expect(desks.received).toEqual([]);
    expect(await noteAnswer({ ...says(VIEWER), id, answer: 'sent' }, enforcement)).toMatchObject({ kind: 'refused' });
    expect(await noteAnswer({ ...says(BEN), id, answer: 'sent' }, enforcement)).toMatchObject({ kind: 'done' });
    expect(await noteAnswer({ ...says(BEN), id, answer: 'sent' }, enforcement)).toMatchObject({ kind: 'already' });
    expect(await noteAnswer({ ...says(BEN), id, answer: 'declined', reference: 'G-1' }, enforcement)).toMatchObject({ kind: 'done' });
    expect(await words(id)).toEqual(['referred', 'sent', 'declined']);
    // They may be referred again, on new evidence.
    expect(await refer({ ...says(BEN), ...vertex }, enforcement)).toMatchObject({ referral: 'C-hydra.vertex.2' });
    expect(await withdraw({ ...says(BEN), id: 'C-hydra.vertex.2' }, enforcement)).toMatchObject({ kind: 'done' });
    expect(await words('C-hydra.vertex.2')).toEqual(['referred', 'withdrawn']);
    desks.behaviour = () => 'refuses';
    expect(await refer({ ...says(BEN), ...asked }, enforcement)).toMatchObject({ because: expect.stringContaining('the form only') });
    expect(await words(FIRST)).toEqual(['referred', 'refused']);
    expect(await noteAnswer({ ...says(BEN), id: FIRST, answer: 'sent' }, enforcement)).toMatchObject({ kind: 'refused' });
  });

  test('who is not named: bystanders, tenants without an id, exonerated ones; and what is refused whole', async () => {
    const { enforcement, facts, asked, detect, campaign } = await withDesks(side);
    facts.set(account(OWN), { cloud: 'bedrock' });
    const members = campaign.members.map((member) =>
      member.account === account(OWN + 1) ? { ...member, role: 'bystander' as const } : member,
    );
    await detect({ ...campaign, members });
    const draft = await draftOf(asked, [], enforcement);
    expect(draft).toMatchObject({ kind: 'draft', leftOut: { unnamed: 1, role: 1 } });
    expect(draft.kind === 'draft' && draft.referral.tenants).toHaveLength(BEDROCK - 2);
    const seen = `${BEDROCK}-0123456789abcdef`;
    expect(await refer({ ...says(BEN), ...asked, seen }, enforcement)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('look again'),
    });
    expect(await refer({ ...says(BEN), ...asked, cloud: 'foundry' }, enforcement)).toMatchObject({
      kind: 'refused',
      because: 'it has no tenant of foundry, only of bedrock, vertex',
    });
    await detect({ ...campaign, classification: 'shared-origin' });
    expect(await refer({ ...says(BEN), ...asked }, enforcement)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('own accounts'),
    });
  });
});

test('whatever is answered in whatever order: a withdrawn referral stays withdrawn, an event counts once, a conclusion is not undone by late mail', () => {
  const base: Referral = {
    id: FIRST,
    cloud: 'bedrock',
    campaign: mixed().id,
    classification: 'distillation',
    version: 1,
    tenants: [
      {
        account: account(1),
        tenant: hash64('t'),
        tenantSealed: sealedId('s'),
        billingAccount: null,
        billingSealed: null,
        exchanges: 1,
        firstSeen: null,
        lastSeen: null,
      },
    ],
    evidence: [],
    elsewhere: { firstParty: 0, otherClouds: 0 },
    askedAt: T0,
    by: 'ben',
    key: 'k',
    reference: null,
    progress: { kind: 'sent', since: T0, answerBy: T0 + DAY, overdueAt: null },
    answers: [],
    latest: 0,
  };
  let concluded = 0;
  let overdue = 0;
  const step = fc.record({
    answer: fc.constantFrom(
      'sent' as const,
      'acknowledged' as const,
      'acted' as const,
      'declined' as const,
      'time' as const,
      'withdraw' as const,
    ),
    event: fc.integer({ min: 0, max: 4 }),
    after: fc.integer({ min: -2, max: 40 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let state = base;
      let now = T0;
      for (const { answer: said, event, after } of steps) {
        now = Math.max(T0, now + after * HOUR);
        if (said === 'withdraw') {
          state = { ...state, progress: { kind: 'withdrawn', at: now } };
          continue;
        }
        const next = said === 'time' ? afterTime(state, now) : afterAnswer(state, { answer: said, at: now, event: `e-${event}` });
        if (next.kind !== 'entry') continue;
        expect(state.progress.kind).not.toBe('withdrawn');
        if (said === 'time') {
          overdue++;
          expect(isOpen(next.state.progress)).toBe(true);
          expect(afterTime(next.state, now + 100 * DAY).kind).toBe('already');
        } else {
          expect(state.answers).not.toContain(`e-${event}`);
          if (state.progress.kind === 'acted' || state.progress.kind === 'declined') {
            concluded++;
            expect(['acted', 'declined']).toContain(next.state.progress.kind);
          }
        }
        state = next.state;
      }
    }),
    { numRuns: 2_000 },
  );
  expect(concluded).toBeGreaterThan(50);
  expect(overdue).toBeGreaterThan(50);
});
