import type { Schemas } from '../../api';
import { CLOUD_NAMES, compact, count, day, percent, words } from '../../format';
import { AccountLink, Empty, Family, Panel } from '../../parts/parts';

/** What an account's page rests on: what ties it to others, what the provider said, what it asks for. */
type Account = Schemas['Account'];

type Reason = Account['links'][number]['reasons'][number];
type Tie = { reason: Reason; shared: Set<string>; links: Account['links'] };

/** Links by the kind of thing that is shared, heaviest first: one line says more than forty. */
function tiesOf(links: Account['links']): Tie[] {
  const ties = new Map<string, Tie>();
  for (const link of links) {
    for (const reason of link.reasons) {
      const tie = ties.get(reason.type) ?? { reason, shared: new Set<string>(), links: [] };
      ties.set(reason.type, tie);
      tie.shared.add(reason.indicator ?? '');
      if (tie.links.at(-1) !== link) tie.links.push(link);
      if (reason.weight > tie.reason.weight) tie.reason = reason;
    }
  }
  return [...ties.values()].sort((one, other) => other.reason.weight - one.reason.weight || other.links.length - one.links.length);
}

const MOST_NAMED = 7;
export const Links = ({ of: { links, linkCount } }: { of: Account }) => (
  <Panel
    title="What ties it to others"
    flush
    end={
      <span className="small soft">
        {linkCount > links.length ? `the ${links.length} strongest of ${count(linkCount)} links` : `${count(linkCount)} links`}
      </span>
    }
  >
    {links.length === 0 ? (
      <Empty title="No links">Nothing ties this account to others now.</Empty>
    ) : (
      <ul className="linklist">
        {tiesOf(links).map((tie) => (
          <li key={tie.reason.type}>
            <Family name={tie.reason.family} />
            <span className="stack" style={{ gap: 4 }}>
              <span>
                Same {words(tie.reason.type)} <Shared of={tie} /> as {count(tie.links.length)}{' '}
                {tie.links.length === 1 ? 'account' : 'accounts'}
              </span>
              <span className="row small" style={{ gap: '2px 10px' }}>
                {tie.links.slice(0, MOST_NAMED).map((link) => (
                  <span key={link.with} className="nowrap">
                    <i className={`dot ${link.role ?? ''}`} /> <AccountLink account={link.with} />
                  </span>
                ))}
                {tie.links.length > MOST_NAMED ? <span className="soft">and {count(tie.links.length - MOST_NAMED)} more</span> : null}
              </span>
            </span>
            <span className="number soft" style={{ textAlign: 'right' }} title="weight, nats">
              {tie.reason.weight.toFixed(1)}
            </span>
          </li>
        ))}
      </ul>
    )}
  </Panel>
);

/** Which one, or how many different ones. */
function Shared({ of: { shared } }: { of: Tie }) {
  const [only] = shared;
  if (shared.size > 1) return <span className="soft">({count(shared.size)} of them)</span>;
  return only ? <span className="mono soft">{only.slice(0, 8)}</span> : null;
}

/** `onOrganization`: for whoever may say that a whole organisation is in order. */
export function Facts({ of: { facts }, onOrganization }: { of: Account; onOrganization: (() => void) | undefined }) {
  if (!facts) return null;
  const hash = (value: string | null) => (value === null ? '—' : <span className="mono">{value}</span>);
  return (
    <Panel title="What the provider told us">
      <dl className="pairs">
        <dt>Created</dt>
        <dd>{facts.createdAt ? day(facts.createdAt) : '—'}</dd>
        <dt>Plan</dt>
        <dd>{facts.plan ?? '—'}</dd>
        <dt>Programme</dt>
        <dd>{facts.program ?? '—'}</dd>
        <dt>Verified by</dt>
        <dd>{facts.verification ?? '—'}</dd>
        <dt>Standing at the provider</dt>
        <dd>{facts.providerStanding ?? '—'}</dd>
        {facts.cloud === null ? null : (
          <>
            <dt>Tenant of another cloud</dt>
            <dd>{CLOUD_NAMES[facts.cloud] ?? facts.cloud}: acted on there, never here</dd>
            <dt>Tenant, hashed</dt>
            <dd>{hash(facts.tenant)}</dd>
            <dt>Its billing account, hashed</dt>
            <dd>{hash(facts.billingAccount)}</dd>
          </>
        )}
        <dt>Payment, hashed</dt>
        <dd>{hash(facts.paymentInstrument)}</dd>
        <dt>E-mail domain, hashed</dt>
        <dd>{facts.publicMail === true ? 'of a public mail provider: says nothing' : hash(facts.emailDomain)}</dd>
        <dt>Organisation, hashed</dt>
        <dd>{hash(facts.organization)}</dd>
      </dl>
      {facts.organization !== null && onOrganization ? (
        <button type="button" className="button tiny" style={{ marginTop: 10 }} onClick={onOrganization}>
          Exonerate the organisation
        </button>
      ) : null}
    </Panel>
  );
}

export function Use({ of: { usage } }: { of: Account }) {
  if (!usage) return null;
  const rows = [
    ['Tasks', usage.tasks],
    ['Models', usage.models],
    ['Channels', usage.channels],
    ['Answers', usage.statuses],
  ] as const;
  return (
    <Panel title="What it asks for">
      <dl className="pairs">
        {rows.map(([name, counts]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>
              {Object.entries(counts)
                .filter(([, value]) => value > 0)
                .sort(([, one], [, other]) => other - one)
                .slice(0, 3)
                .map(([word, value]) => `${word} ${compact(value)}`)
                .join(', ') || '—'}
            </dd>
          </div>
        ))}
        <dt>Elicits reasoning</dt>
        <dd>{usage.elicitsReasoning === null ? '—' : percent(usage.elicitsReasoning)}</dd>
        <dt>Grades answers</dt>
        <dd>{usage.grading === null ? '—' : percent(usage.grading)}</dd>
        {Object.entries(usage.distinct).map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{DISTINCT[name] ?? `Different ${name}`}</dt>
            <dd>{count(value)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** What is counted of an account: how many different ones it used. */
const DISTINCT: Record<string, string> = {
  ips: 'Addresses',
  prefixes: 'Networks (/24, /48)',
  clients: 'Clients',
  keys: 'API keys',
  systems: 'System prompts',
  templates: 'Prompt templates',
};
