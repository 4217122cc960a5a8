import { approve } from '../../../functions/enforcement/commands/approve';
import { agree, regroup, withdrawRegrouping } from '../../../functions/enforcement/commands/regroup';
import type { Campaign } from '../../../shared/domain/campaigns/campaign';
import { regrouped } from '../../../shared/domain/campaigns/regrouping';
import { DAY } from '../../../shared/domain/time';
import { accountKey, campaignId } from '../../../shared/identity/ids';
import { onBothSides } from '../../support/sides';
import { account, buildCampaign, buildMember } from '../../support/worlds/build-campaign';
import { BEN, CASE, CLEO, DAN, enforcementWorld, SMALL, says, VIEWER } from '../../support/worlds/enforcement-world';

const HYDRA = campaignId('C-hydra');
const OTHER = campaignId('C-other');
const other = (size: number): Campaign =>
  buildCampaign({ id: OTHER, members: Array.from({ length: size }, (_, n) => buildMember(200 + n)) });

onBothSides((side) => {
  test('a merge by hand makes no machine act on whom it moved: people approve them, and what they approve is contained and undone like any other', async () => {
    const world = await enforcementWorld(side, { policy: SMALL });
    const [one, two] = [buildCampaign({ size: 20 }), other(4)];
    const { campaigns } = world.enforcement;
    for (const campaign of [one, two]) await campaigns.save({ ...campaign, version: 1 });
    const done = await regroup({ ...says(BEN), wanted: { kind: 'merge', from: OTHER, into: HYDRA } }, world.enforcement);
    expect(done).toMatchObject({ kind: 'done' });
    const decided = await world.enforcement.regroupings.holding();
    const [merged] = regrouped([one, two], [one, two], decided, world.clock.now());
    if (!merged) throw new Error('it is there');
    expect(merged.members).toHaveLength(24);
    await world.detect(merged);
    await world.pass(DAY);
    // The rule of the recommended policy acts by itself on the twenty.
    expect(world.provider.suspended().sort()).toEqual(Array.from({ length: 20 }, (_, n) => account(n)));
    const head = await world.enforcement.cases.head(CASE);
    expect(head?.state).toMatchObject({ size: 20, forPeople: 4 });
  });

  test('what people add tips no rule: an added account is no evidence of size', async () => {
    const world = await enforcementWorld(side);
    const few = buildCampaign({ size: 3 });
    const placed = Array.from({ length: 30 }, (_, n) => buildMember(300 + n, { placed: { from: null } }));
    await world.detect({ ...few, members: [...few.members, ...placed] });
    await world.pass(DAY);
    expect(world.provider.suspended()).toEqual([]);
  });

  test('more accounts than one may decide about take two people; the same change asked by another person is their agreement', async () => {
    const world = await enforcementWorld(side, { policy: SMALL });
    await world.enforcement.campaigns.save({ ...buildCampaign({ size: 60 }), version: 1 });
    const wanted = { kind: 'split', from: HYDRA, accounts: Array.from({ length: 30 }, (_, n) => account(n)) } as const;
    const asked = await regroup({ ...says(BEN), wanted }, world.enforcement);
    expect(asked).toMatchObject({ kind: 'done', because: expect.stringContaining('another person') });
    expect(await world.enforcement.regroupings.holding()).toEqual([]);
    expect(await regroup({ ...says(BEN), wanted }, world.enforcement)).toMatchObject({ kind: 'refused' });
    expect(
      await regroup({ ...says(CLEO), wanted: { ...wanted, accounts: [...wanted.accounts].reverse() } }, world.enforcement),
    ).toMatchObject({
      kind: 'done',
    });
    const [holding, ...rest] = await world.enforcement.regroupings.holding();
    expect([holding?.approvals, rest]).toEqual([['ben', 'cleo'], []]);
    const about = { id: holding?.id ?? '' };
    expect(await agree({ ...says(DAN), ...about }, world.enforcement)).toMatchObject({ kind: 'already' });
    expect(await withdrawRegrouping({ ...says(DAN), ...about }, world.enforcement)).toMatchObject({ kind: 'done' });
    expect(await withdrawRegrouping({ ...says(DAN), ...about }, world.enforcement)).toMatchObject({ kind: 'already' });
    expect(await world.enforcement.regroupings.holding()).toEqual([]);
    // Asked for again it is decided anew, by as many people.
    expect(await regroup({ ...says(DAN), wanted }, world.enforcement)).toMatchObject({
      kind: 'done',
      because: expect.stringContaining('another'),
    });
  });

  test('what makes no sense is refused, and says why', async () => {
    const world = await enforcementWorld(side);
    await world.enforcement.campaigns.save({ ...buildCampaign({ size: 5 }), version: 1 });
    await world.enforcement.campaigns.save({ ...other(5), version: 1 });
    const all = Array.from({ length: 5 }, (_, n) => account(n));
    const by = (wanted: Parameters<typeof regroup>[0]['wanted'], who = BEN) => regroup({ ...says(who), wanted }, world.enforcement);
    expect(await by({ kind: 'merge', from: OTHER, into: HYDRA }, VIEWER)).toMatchObject({
      kind: 'refused',
      because: 'this takes a reviewer; vic is a viewer',
    });
    expect(await by({ kind: 'merge', from: HYDRA, into: HYDRA })).toMatchObject({ kind: 'refused' });
    expect(await by({ kind: 'merge', from: HYDRA, into: campaignId('none') })).toMatchObject({ kind: 'unknown' });
    expect(await by({ kind: 'split', from: HYDRA, accounts: all })).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('nothing would be left'),
    });
    expect(await by({ kind: 'remove', from: HYDRA, accounts: [account(200)] })).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('no members'),
    });
    expect(await by({ kind: 'merge', from: OTHER, into: HYDRA })).toMatchObject({ kind: 'done' });
    expect(await by({ kind: 'merge', from: OTHER, into: HYDRA })).toMatchObject({ kind: 'already' });
    expect(await by({ kind: 'merge', from: HYDRA, into: OTHER })).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('merge into that one'),
    });
    expect(await agree({ ...says(BEN), id: 'g-000000000000' }, world.enforcement)).toMatchObject({ kind: 'unknown' });
  });

  test('a member that a person put there is acted on once two people approve those for people too', async () => {
    const world = await enforcementWorld(side, { policy: SMALL });
    const campaign = buildCampaign({ size: 20 });
    await world.detect({
      ...campaign,
      members: [...campaign.members, buildMember(400, { placed: { from: null }, score: 0, families: [], exchanges: 0 })],
    });
    for (const person of [BEN, CLEO]) await approve({ ...says(person), case: CASE, protectedToo: true }, world.enforcement);
    await world.pass(DAY);
    expect(world.provider.suspended()).toContain(accountKey('account-00400'));
  });
});
