import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answered, client, queries, type Schemas } from '../../api';
import { CLOUD_NAMES, compact, count, moment, plural } from '../../format';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { Badge, Family, Loaded, Panel } from '../../parts/parts';
import { REFERRAL_NAMES, REFERRAL_TONES } from '../cases/referrals-page';

type CampaignView = Schemas['Campaign'];
const nameOf = (cloud: string): string => CLOUD_NAMES[cloud] ?? cloud;

/** The provider's own accounts and the tenants of other clouds, apart and together; and what was referred to whom. Nothing without tenants. */
export function TenantsPanel({ campaign, mayAct }: { campaign: CampaignView; mayAct: boolean }) {
  const [referring, setReferring] = useState<string | null>(null);
  const referrals = useQuery({
    queryKey: ['referrals-of', campaign.id],
    enabled: campaign.tenants.length > 0,
    queryFn: () => answered(client().GET('/v1/referrals', { params: { query: { campaign: campaign.id, limit: 200 } } })),
  });
  if (campaign.tenants.length === 0) return null;
  const rows = [
    { name: 'Accounts of your own', cloud: null, ...campaign.firstParty },
    ...campaign.tenants.map((part) => ({ name: `Tenants of ${nameOf(part.cloud)}`, ...part })),
  ];
  const sum = (of: 'accounts' | 'exchanges' | 'prevented') => rows.reduce((total, row) => total + row[of], 0);
  return (
    <Panel title="Tenants of other clouds" flush id="tenants">
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">Who</th>
              <th scope="col" className="number">
                Accounts
              </th>
              <th scope="col" className="number">
                Went through
              </th>
              <th scope="col" className="number">
                Prevented
              </th>
              <th scope="col">Referred</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <td>{row.name}</td>
                <td className="number">{count(row.accounts)}</td>
                <td className="number">{compact(row.exchanges)}</td>
                <td className="number">{compact(row.prevented)}</td>
                <td>
                  {row.cloud === null ? (
                    <span className="soft">acted on here</span>
                  ) : (
                    <span className="row">
                      {referrals.data?.items
                        .filter(({ cloud }) => cloud === row.cloud)
                        .map((one) => (
                          <Link key={one.id} href="/referrals?state=all" title={`${one.id}, ${moment(one.askedAt)}`}>
                            <Badge tone={one.overdue ? 'danger' : REFERRAL_TONES[one.state]}>
                              {count(one.tenants)} {one.overdue ? 'overdue' : REFERRAL_NAMES[one.state]}
                            </Badge>
                          </Link>
                        ))}
                      {mayAct && campaign.classification !== 'shared-origin' ? (
                        <button type="button" className="button tiny" onClick={() => setReferring(row.cloud)}>
                          Refer
                        </button>
                      ) : null}
                    </span>
                  )}
                </td>
              </tr>
            ))}
            <tr>
              <td>
                <strong>Together</strong>
              </td>
              <td className="number">{count(sum('accounts'))}</td>
              <td className="number">{compact(sum('exchanges'))}</td>
              <td className="number">{compact(sum('prevented'))}</td>
              <td>
                <span className="soft">a tenant and an account are never merged</span>
              </td>
            </tr>
          </tbody>
        </table>
      </div>
      {referring === null ? null : <ReferDialog campaign={campaign.id} cloud={referring} onClose={() => setReferring(null)} />}
    </Panel>
  );
}

function ReferDialog({ campaign, cloud, onClose }: { campaign: string; cloud: string; onClose: () => void }) {
  const preview = useQuery({
    queryKey: ['referral-preview', campaign, cloud],
    staleTime: 0,
    queryFn: () =>
      answered(client().GET('/v1/campaigns/{campaign}/referral-preview', { params: { path: { campaign }, query: { cloud } } })),
  });
  const [withheld, setWithheld] = useState<ReadonlySet<Schemas['ReferralPreview']['evidence'][number]['family']>>(new Set());
  const families = [...new Set(preview.data?.evidence.map(({ family }) => family))];
  return (
    <CommandDialog
      title={`Refer the tenants of ${nameOf(cloud)}`}
      act={preview.data ? `${preview.data.approvers > 1 ? 'Ask to refer' : 'Refer'} ${plural(preview.data.tenants, 'tenant')}` : 'Refer'}
      ready={preview.data !== undefined}
      onClose={onClose}
      onRefused={() => void preview.refetch()}
      send={({ because, key }) =>
        answered(
          client().POST('/v1/referrals', {
            params: { header: { 'idempotency-key': key } },
            body: { campaign, cloud, withhold: [...withheld], because, ...(preview.data ? { seen: preview.data.seen } : {}) },
          }),
        ).then((answer) => {
          // Nobody is left to preview: asking again would be refused.
          queries.removeQueries({ queryKey: ['referral-preview', campaign, cloud] });
          return answer;
        })
      }
    >
      <Loaded from={preview}>
        {(data) => (
          <>
            {data.approvers > 1 ? (
              <p className="note warn">
                So many take another person: it goes out when another reviewer approved it, on the page of referrals.
              </p>
            ) : null}
            <p>
              {data.byHand
                ? `No abuse desk of ${nameOf(cloud)} is set up: the letter is written, and you hand it in to ${data.desk}.`
                : `${data.desk} is sent it${data.approvers > 1 ? ' then' : ' now'}.`}{' '}
              It names {plural(data.tenants, 'tenant')} with {compact(data.exchanges)} requests, and how many accounts stand elsewhere (
              {count(data.elsewhere.firstParty)} of yours, {count(data.elsewhere.otherClouds)} of other clouds). No content, no hashes, no
              account of yours. <LeftOut of={data.leftOut} />
            </p>
            <fieldset className="field">
              <legend>Say this (untick what is not to be disclosed)</legend>
              {families.map((family) => (
                <label key={family} className="row">
                  <input
                    type="checkbox"
                    checked={!withheld.has(family)}
                    onChange={({ target }) =>
                      setWithheld((before) => new Set(target.checked ? [...before].filter((one) => one !== family) : [...before, family]))
                    }
                  />
                  <Family name={family} />
                  <span className="small soft">
                    {plural(data.evidence.filter((one) => one.family === family).length, 'sentence')}:{' '}
                    {data.evidence.find((one) => one.family === family)?.because}
                  </span>
                </label>
              ))}
            </fieldset>
          </>
        )}
      </Loaded>
    </CommandDialog>
  );
}

const WHY: Readonly<Record<keyof Schemas['ReferralPreview']['leftOut'], string>> = {
  role: 'bystanders',
  unnamed: 'without a tenant id',
  exonerated: 'exonerated',
  referred: 'referred before',
  later: 'for the next referral',
};
function LeftOut({ of }: { of: Schemas['ReferralPreview']['leftOut'] }) {
  const parts = Object.entries(WHY).flatMap(([why, text]) => {
    const tenants = of[why as keyof typeof WHY];
    return tenants === 0 ? [] : [`${count(tenants)} ${text}`];
  });
  return parts.length === 0 ? null : <>Left out: {parts.join(', ')}.</>;
}
