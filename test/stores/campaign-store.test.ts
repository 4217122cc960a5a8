import { campaignId } from '../../shared/identity/ids';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { account, buildCampaign, buildMember, T0 } from '../support/worlds/build-campaign';

function store() {
  const graph = new MemoryTable(new SimulatedClock(T0));
  return { graph, campaigns: new CampaignStore({ graph, archive: new MemoryObjectStore() }) };
}

test('a saved campaign comes back whole, by header, by page and by account', async () => {
  const { campaigns } = store();
  const campaign = buildCampaign({ size: 250 });
  expect((await campaigns.save(campaign)).kind).toBe('saved');
  expect(await campaigns.get(campaign.id)).toEqual(campaign);
  const headers = [];
  for await (const header of campaigns.headers()) headers.push(header);
  expect(headers).toMatchObject([{ id: campaign.id, counts: { core: 250, bystander: 0 }, version: 1 }]);
  const seen = [];
  for (let after: ReturnType<typeof account> | undefined, page = 0; page < 9; page++) {
    const { members, next } = await campaigns.members(campaign.id, after, 100);
    seen.push(...members.map((member) => member.account));
    if (next === undefined) break;
    after = next;
  }
  expect(seen).toEqual(campaign.members.map((member) => member.account));
  expect(await campaigns.membership(account(7))).toMatchObject({ campaign: campaign.id, role: 'core' });
  expect(await campaigns.membership(account(999))).toBeUndefined();
});

test('of two writers of the same version one is told that it was overtaken, and changed nothing that is read', async () => {
  const { campaigns } = store();
  await campaigns.save(buildCampaign({ size: 10 }));
  expect((await campaigns.save(buildCampaign({ size: 11, version: 2 }))).kind).toBe('saved');
  expect((await campaigns.save(buildCampaign({ size: 12, version: 2 }))).kind).toBe('overtaken');
  expect((await campaigns.get(campaignId('C-hydra')))?.members).toHaveLength(11);
});

test('membership rows are written only for accounts whose membership changed', async () => {
  const { campaigns, graph } = store();
  await campaigns.save(buildCampaign({ size: 100 }));
  const before = graph.counted.writes;
  const members = [...buildCampaign({ size: 99 }).members, buildMember(100)].map((member) => ({ ...member, exchanges: 99, score: 13 }));
  await campaigns.save(buildCampaign({ version: 2, members }));
  // One joined, one left, and the header.
  expect(graph.counted.writes - before).toBe(3);
  expect(await campaigns.membership(account(99))).toBeUndefined();
  expect(await campaigns.membership(account(100))).toMatchObject({ campaign: 'C-hydra' });
});

test('an account that moved to another campaign stays there, whichever save comes first', async () => {
  for (const order of ['gains first', 'loses first']) {
    const { campaigns } = store();
    await campaigns.save(buildCampaign({ size: 10 }));
    const gains = () => campaigns.save(buildCampaign({ id: campaignId('C-other'), members: [buildMember(3)] }));
    const loses = () =>
      campaigns.save(
        buildCampaign({ version: 2, members: buildCampaign({ size: 10 }).members.filter((member) => member.account !== account(3)) }),
      );
    for (const save of order === 'gains first' ? [gains, loses] : [loses, gains]) await save();
    expect(await campaigns.membership(account(3))).toMatchObject({ campaign: 'C-other' });
  }
});
