import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { EMULATED } from '../../local/engines/engine';
import { flagged, foundCampaign } from '../deployment/campaign';
import { history, MEMBERS } from '../deployment/history';
import { type Api, approved, assisting, caseAbout, contained, putPolicyLive, undone } from '../deployment/suspension';
import { Local } from '../support/local-app';

test('a campaign is flagged, approved by a person, suspended at the receiver, and undone', async () => {
  const local = await Local.start('--receiver');
  try {
    const [, inbox = ''] = await local.says(/files {4}s3:\/\/(\S+?)\//, 120);
    const [, endpoint = ''] = await local.says(/AWS_ENDPOINT_URL=(\S+)/, 10);
    const [, list = '', reviewer = ''] = await local.says(/API {6}(\S+)\s+-H 'authorization: Bearer (\S+)'/, 10);
    const [, admin = ''] = await local.says(/admin {4}(\S+)/, 10);
    const restricted = (): number => Number(local.last(/receiver: (\d+) accounts suspended/) ?? 0);
    const outside = apiAt(new URL(list).origin);
    const traffic = history();
    const s3 = new S3Client({ ...EMULATED, endpoint, forcePathStyle: true });
    await s3.send(new PutObjectCommand({ Bucket: inbox, Key: 'history/three-days.ndjson.gz', Body: traffic.file }));
    s3.destroy();

    const campaign = await foundCampaign(outside, reviewer);
    await putPolicyLive(outside, traffic, admin, reviewer, assisting());
    const opened = await caseAbout(outside, campaign, reviewer);
    expect(restricted()).toBe(0);
    await approved(outside, opened, reviewer);
    await contained(outside, restricted, campaign, reviewer);
    expect(restricted()).toBeGreaterThanOrEqual(0.8 * MEMBERS);
    await undone(outside, restricted, opened, reviewer);
    const left = await flagged(outside, reviewer, campaign);
    expect(left.filter(({ standing }) => standing === 'suspended')).toEqual([]);
  } finally {
    expect(await local.stop()).toBe(0);
  }
}, 600_000);

const apiAt = (origin: string): Api => ({
  async api(method, path, { token, body, headers } = {}) {
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  },
});
