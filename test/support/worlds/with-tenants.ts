import { refer } from '../../../functions/enforcement/referrals/refer';
import { campaignId, hash64, sealedId } from '../../../shared/identity/ids';
import { BEN, says, type TestWorld } from './enforcement-world';

/** Two members are tenants of other clouds; one of them is referred. */
export async function withTenants(world: Pick<TestWorld, 'facts' | 'enforcement'>): Promise<void> {
  const campaign = await world.enforcement.campaigns.get(campaignId('june'));
  if (!campaign) throw new Error('the fixture has no campaign');
  const clouds = ['bedrock', 'vertex'];
  const core = campaign.members.filter(({ role }) => role === 'core').slice(0, clouds.length);
  const cloudOf = new Map(core.map(({ account }, n) => [account, clouds[n]!]));
  for (const [account, cloud] of cloudOf)
    world.facts.set(account, { cloud, tenant: hash64(`tenant-${cloud}`), tenantSealed: sealedId(`sealed-${cloud}-1`) });
  const members = campaign.members.map((member) => {
    const cloud = cloudOf.get(member.account);
    return cloud === undefined ? member : { ...member, cloud };
  });
  await world.enforcement.campaigns.save({ ...campaign, members, version: campaign.version + 1 });
  const asked = { campaign: campaign.id, cloud: 'bedrock', withhold: [] };
  expect(await refer({ ...says(BEN), ...asked }, world.enforcement)).toMatchObject({ kind: 'done' });
}
