import { exonerate } from '../../functions/enforcement/commands/exonerate';
import { tellPeople } from '../../functions/enforcement/notices/tell-people';
import { refer } from '../../functions/enforcement/referrals/refer';
import { withdraw } from '../../functions/enforcement/referrals/take-answer';
import { watchTenants } from '../../functions/enforcement/referrals/watch-tenants';
import { REFER_WITHIN } from '../../shared/domain/notice';
import { DAY, HOUR } from '../../shared/domain/time';
import { campaignId, hash64, sealedId } from '../../shared/identity/ids';
import { MemoryDeadLetterQueues } from '../../shared/memory/memory-dead-letter-queues';
import { MemoryEventBus } from '../../shared/memory/memory-event-bus';
import { onBothSides } from '../support/sides';
import { account, buildCampaign, buildMember } from '../support/worlds/build-campaign';
import { BEN, enforcementWorld, says } from '../support/worlds/enforcement-world';

const clouds = ['bedrock', 'vertex'];
const member = (n: number, cloud: string | undefined, role: 'core' | 'bystander' = 'core') =>
  buildMember(n, { role, ...(cloud === undefined ? {} : { cloud }) });

onBothSides((side) => {
  test('tenants that nobody referred are told a day after they were seen, once for each cloud; referred, it is over, and stays so', async () => {
    const world = await enforcementWorld(side);
    const { enforcement, facts, clock } = world;
    const bus = new MemoryEventBus();
    const look = async () => {
      await watchTenants(enforcement);
      const before = bus.published.length;
      await tellPeople(
        { ...enforcement, features: world.stores.features, deadLetters: new MemoryDeadLetterQueues() },
        { bus, channels: [], origin: 'https://lockstep.example' },
      );
      return bus.published
        .slice(before)
        .filter(({ type }) => type === 'lockstep.notice.tenants-unreferred')
        .map(({ detail }) => `${detail.subject} ${detail.state}`)
        .sort();
    };
    for (const n of [0, 1]) facts.set(account(n), { cloud: clouds[n], tenant: hash64(`t${n}`), tenantSealed: sealedId(`s${n}`) });
    const save = (id: string, over: Parameters<typeof buildCampaign>[0]) =>
      enforcement.campaigns.save(buildCampaign({ id: campaignId(id), ...over }));
    await save('hydra', { members: [member(0, 'bedrock'), member(1, 'vertex'), member(2, undefined)] });
    // Nobody’s to refer: bystanders, one organisation’s own, what nobody can say why, and campaigns without tenants.
    await save('beside', { members: [member(10, 'bedrock', 'bystander'), member(11, undefined)] });
    await save('shared', { members: [member(20, 'bedrock')], classification: 'shared-origin' });
    await save('unclear', { members: [member(30, 'bedrock')], classification: 'unclear' });
    await save('own', { members: [member(40, undefined)] });
    expect(await look()).toEqual([]);
    clock.advanceTo(clock.now() + REFER_WITHIN - HOUR);
    expect(await look()).toEqual([]);
    clock.advanceTo(clock.now() + HOUR);
    expect(await look()).toEqual(['hydra.bedrock open', 'hydra.vertex open']);
    for (let hours = 0; hours < 3; hours++) {
      clock.advanceTo(clock.now() + HOUR);
      expect(await look()).toEqual([]);
    }
    expect(JSON.stringify(bus.published)).not.toMatch(/account-|s0|t0/);
    expect(await refer({ ...says(BEN), campaign: campaignId('hydra'), cloud: 'bedrock', withhold: [] }, enforcement)).toMatchObject({
      kind: 'done',
    });
    expect(await look()).toEqual(['hydra.bedrock over']);
    // Withdrawn was somebody’s decision.
    const [referral] = await enforcement.referrals.ofCampaign(campaignId('hydra'));
    expect(await withdraw({ ...says(BEN), id: referral!.state.id }, enforcement)).toMatchObject({ kind: 'done' });
    clock.advanceTo(clock.now() + 2 * DAY);
    expect(await look()).toEqual([]);
    const scope = { kind: 'campaign' as const, campaign: campaignId('hydra') };
    const until = clock.now() + 30 * DAY;
    expect(await exonerate({ ...says(BEN), scope, effect: 'exonerated', until }, enforcement)).toMatchObject({ kind: 'done' });
    expect(await look()).toEqual(['hydra.vertex over']);

    // Where people exonerated every tenant of a cloud one by one, nobody is left to refer there; who is protected is.
    await save('cells', { members: [member(50, 'bedrock'), member(51, 'bedrock'), member(52, 'vertex'), member(53, undefined)] });
    const about = (n: number, effect: 'exonerated' | 'protected') =>
      exonerate({ ...says(BEN), key: `about-${n}`, scope: { kind: 'account', account: account(n) }, effect, until }, enforcement);
    expect(await look()).toEqual([]);
    clock.advanceTo(clock.now() + REFER_WITHIN);
    expect(await look()).toEqual(['cells.bedrock open', 'cells.vertex open']);
    expect(await about(50, 'exonerated')).toMatchObject({ kind: 'done' });
    await about(52, 'protected');
    expect(await look()).toEqual([]);
    expect(await about(51, 'exonerated')).toMatchObject({ kind: 'done' });
    expect(await look()).toEqual(['cells.bedrock over']);
  });
});
