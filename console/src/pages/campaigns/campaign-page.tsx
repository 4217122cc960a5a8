import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useMe, useStatus } from '../../app';
import { Timeline } from '../../charts/timeline';
import { bestGuess, compact, count, day, listed, moment, percent, probable, relative, shortDay, words } from '../../format';
import { useCaseCommands } from '../../parts/commands/case-commands';
import { saveFile } from '../../parts/csv';
import { useKeys } from '../../parts/keyboard';
import { LegsPanel } from '../../parts/legs';
import { Badge, Bar, Classification, Empty, Family, Figures, Loaded, Panel, Sentences } from '../../parts/parts';
import { CasePanel } from '../cases/case-panel';
import { NewExoneration } from '../cases/exonerations-page';
import { IndicatorsPanel, LinksPanel, MembersPanel, SynchronyPanel, useGraph } from './campaign-panels';
import { CanariesPanel } from './canaries';
import { CampaignObservedPanel } from './observed';
import { RegroupDialog, RegroupingsPanel } from './regrouping';
import { Story } from './story';
import { TenantsPanel } from './tenants';

const SECTIONS = [
  ['evidence', 'Evidence'],
  ['timeline', 'Timeline'],
  ['links', 'Links'],
  ['synchrony', 'Synchrony'],
  ['members', 'Members'],
  ['indicators', 'Indicators'],
] as const;

export function CampaignPage({ id }: { id: string }) {
  const campaign = useQuery({
    queryKey: ['campaign', id],
    refetchInterval: 10_000,
    queryFn: () => answered(client().GET('/v1/campaigns/{campaign}', { params: { path: { campaign: id } } })),
  });
  const cases = useQuery({
    queryKey: ['cases-of', id],
    refetchInterval: 5_000,
    queryFn: () => answered(client().GET('/v1/cases', { params: { query: { state: 'all', campaign: id, limit: 20 } } })),
  });
  const newest = [...(cases.data?.items ?? [])].sort((one, other) => (one.openedAt < other.openedAt ? 1 : -1))[0];
  const commands = useCaseCommands(newest);
  const [exonerating, setExonerating] = useState(false);
  const [merging, setMerging] = useState(false);
  const role = useMe().data?.role ?? 'viewer';
  const may = role !== 'viewer';
  useKeys('Campaign', [
    ...commands.keys,
    ...SECTIONS.map(([section, label], index) => ({
      keys: String(index + 1),
      label,
      does: () => document.getElementById(section)?.scrollIntoView({ block: 'start' }),
    })),
    { keys: 'd', label: 'Download the dossier', does: () => void download(id, 'md') },
  ]);
  return (
    <Loaded from={campaign} lines={10}>
      {(data) => (
        <>
          <header>
            <div className="grow">
              <h1>
                Campaign{' '}
                <span className="mono" style={{ fontSize: 16 }}>
                  {data.id}
                </span>
              </h1>
              <p className="row" style={{ paddingTop: 4 }}>
                <Classification is={data.classification} />
                <span className="soft">
                  {data.handMade
                    ? 'Split off by a person'
                    : data.classification === 'unclear'
                      ? bestGuess(data.probabilities)
                      : probable(data.classification, data.probability)}
                  {data.families.length > 0 ? `, on ${listed(data.families)}` : ''}
                </span>
                {data.endedAt ? <Badge>ended {shortDay(data.endedAt)}: nobody of it was seen for long</Badge> : null}
                {data.foundBy === 'content' ? <Badge tone="warn">found by content alone</Badge> : null}
                {data.exonerations.map((word) => (
                  <Badge tone="good" key={word.scope}>
                    {words(word.effect)}: protected from new actions until {shortDay(word.until)}
                  </Badge>
                ))}
              </p>
            </div>
            <div className="row">
              <button type="button" className="button" onClick={() => void download(id, 'md')}>
                Dossier{' '}
                <span className="kbd" aria-hidden="true">
                  d
                </span>
              </button>
              <button type="button" className="button" onClick={() => void download(id, 'json')}>
                as JSON
              </button>
              {may ? (
                <>
                  <button type="button" className="button" onClick={() => void download(id, 'stix')}>
                    Indicators as STIX
                  </button>
                  {data.classification === 'shared-origin' ? null : (
                    <Link className="button" href={`/disclosures?campaigns=${data.id}`}>
                      Disclose
                    </Link>
                  )}
                  {role === 'admin' ? (
                    <Link className="button" href={`/holds?campaign=${data.id}`}>
                      Legal hold
                    </Link>
                  ) : null}
                  <button type="button" className="button" onClick={() => setMerging(true)}>
                    Merge
                  </button>
                  <button type="button" className="button" onClick={() => setExonerating(true)}>
                    Exonerate
                  </button>
                </>
              ) : null}
            </div>
          </header>
          <nav className="sections" aria-label="Sections">
            {SECTIONS.map(([section, label], index) => (
              <a key={section} href={`#${section}`}>
                {label}{' '}
                <span className="kbd" aria-hidden="true">
                  {index + 1}
                </span>
              </a>
            ))}
          </nav>
          <div className="stack">
            <Story of={data} newest={newest} />
            <Figures
              items={[
                ['accounts', count(data.accounts)],
                ['went through', <Part key="leaked" of={data.leaked} total={data.leaked + data.prevented} />],
                ['prevented', <Part key="prevented" of={data.prevented} total={data.leaked + data.prevented} />],
                ['before detection', <Part key="before" of={data.exchangesBeforeDetection} total={data.leaked + data.prevented} />],
                ['output tokens', compact(data.outputTokens)],
                ['first seen', shortDay(data.firstSeen)],
                ['last seen', shortDay(data.lastSeen)],
              ]}
            />
            <KnownFrom lineage={data.lineage} />
            <RegroupingsPanel id={id} mayAct={may} />
            <TenantsPanel campaign={data} mayAct={may} />
            <CanariesPanel id={id} mayAct={may} />
            {may ? <CampaignObservedPanel id={id} /> : null}
            <LegsPanel of={data} />
            <div className="columns">
              <div className="stack">
                <Panel title="Evidence" id="evidence">
                  {data.evidence.length > 0 ? (
                    <Evidence of={data.evidence} />
                  ) : data.handMade ? (
                    <SharedAmong id={id} version={data.version} accounts={data.accounts} />
                  ) : (
                    <Empty title="No evidence is recorded" />
                  )}
                </Panel>
                <Panel title="Aimed at">
                  <Targets targets={data.targets} />
                </Panel>
              </div>
              <aside className="stack">
                <CasePanel
                  entry={newest}
                  pending={cases.isPending}
                  buttons={newest ? commands.buttons(newest) : null}
                  decision={data.decision}
                />
              </aside>
            </div>
            <Panel title="Timeline: exchanges an hour" id="timeline">
              {data.timeline.length === 0 ? (
                <Empty title="No hours yet" />
              ) : (
                <Timeline timeline={data.timeline} marks={marksOf(data, newest)} />
              )}
            </Panel>
            <LinksPanel id={id} version={data.version} />
            <SynchronyPanel id={id} version={data.version} />
            <MembersPanel campaign={data} inCase={newest} mayAct={may} />
            <IndicatorsPanel id={id} version={data.version} />
            <Provenance of={data} />
          </div>
          {commands.dialog}
          {merging ? <RegroupDialog what="merge" campaign={data} accounts={[]} onClose={() => setMerging(false)} /> : null}
          {exonerating ? <NewExoneration scope={{ kind: 'campaign', id }} onClose={() => setExonerating(false)} /> : null}
        </>
      )}
    </Loaded>
  );
}

/**
 * Of a campaign that a person split off: what its accounts share among themselves, by the links that detection had found. It counts, and
 * judges nothing.
 */
function SharedAmong({ id, version, accounts }: { id: string; version: number; accounts: number }) {
  const graph = useGraph(id, version);
  return (
    <Loaded from={graph}>
      {({ shared }) => {
        const widest = [...shared].sort((one, other) => other.members - one.members).slice(0, EVIDENCE_SHOWN);
        if (widest.length === 0) return <Empty title="These accounts share nothing that links them" />;
        return (
          <>
            <p className="soft">Nothing was judged about these accounts by themselves. What links them with one another:</p>
            <ul className="sentences">
              {widest.map((one, place) => (
                <li key={`${one.type} ${one.indicator ?? place}`}>
                  <Family name={one.family} />
                  <span className="text">
                    {count(one.members)} of {count(accounts)} share one {words(one.type)}
                  </span>
                </li>
              ))}
            </ul>
          </>
        );
      }}
    </Loaded>
  );
}

/** The strongest first; the rest on demand, so that what is below stays in sight. */
const EVIDENCE_SHOWN = 6;
function Evidence({ of }: { of: Schemas['Campaign']['evidence'] }) {
  const [all, setAll] = useState(false);
  return (
    <>
      <Sentences evidence={all ? of : of.slice(0, EVIDENCE_SHOWN)} />
      {of.length > EVIDENCE_SHOWN && !all ? (
        <button type="button" className="button tiny" style={{ marginTop: 10 }} onClick={() => setAll(true)}>
          Show all {of.length}
        </button>
      ) : null}
    </>
  );
}

/** A count and its share of everything the accounts sent. */
const Part = ({ of, total }: { of: number; total: number }) => (
  <>
    {compact(of)} <small>{percent(of / Math.max(1, total), 1)}</small>
  </>
);

/** Of which operator, found elsewhere, the campaign is, and by what. */
const KnownFrom = ({ lineage }: Pick<Schemas['Campaign'], 'lineage'>) =>
  lineage
    .filter(({ what }) => what === 'known-operator')
    .map((step) => (
      <p className="note" key={step.with}>
        <strong>Known from elsewhere</strong> since {day(step.at)}: {step.because}.{' '}
        <Link href="/indicators">
          Import <span className="mono">{step.with}</span>
        </Link>
      </p>
    ));

/** Detection, and containment if it came to that, as the timeline marks them. */
function marksOf(data: Schemas['Campaign'], newest: Schemas['QueueEntry'] | undefined) {
  const contained = newest?.containedAt ? [{ at: newest.containedAt, label: 'contained' }] : [];
  const undone = newest?.undoneAt ? [{ at: newest.undoneAt, label: 'undone' }] : [];
  return [{ at: data.detectedAt, label: 'detected' }, ...contained, ...undone];
}

const Targets = ({ targets }: { targets: Schemas['Campaign']['targets'] }) =>
  Object.keys(targets).length === 0 ? (
    <p className="soft">What they ask for is not labelled.</p>
  ) : (
    <ul className="targets">
      {Object.entries(targets)
        .sort(([, one], [, other]) => other - one)
        .map(([name, share]) => (
          <li key={name}>
            <span>{name}</span>
            <Bar share={share} />
            <span className="number" style={{ textAlign: 'right' }}>
              {percent(share)}
            </span>
          </li>
        ))}
    </ul>
  );

function Provenance({ of }: { of: Schemas['Campaign'] }) {
  const now = useStatus().data?.at;
  return (
    <p className="small soft">
      Version {of.version}, written {moment(of.updatedAt)}
      {now ? ` (${relative(of.updatedAt, now)})` : ''}. Last found by run <span className="mono">{of.provenance.run}</span>, code{' '}
      <span className="mono">{of.provenance.code}</span>, policy <span className="mono">{of.provenance.policy}</span>, input{' '}
      <span className="mono">{of.provenance.input}</span>.
      {of.lineage
        .filter(({ what }) => what !== 'known-operator')
        .map((step) => ` ${day(step.at)}: ${step.what} with ${step.with}, ${step.because}.`)}
    </p>
  );
}

async function download(id: string, form: 'md' | 'json' | 'stix'): Promise<void> {
  const params = { path: { campaign: id } };
  const text = await textOf(params, form);
  saveFile(`campaign-${id}.${form === 'stix' ? 'stix.json' : form}`, text, form === 'md' ? 'text/markdown' : 'application/json');
}

async function textOf(params: { path: { campaign: string } }, form: 'md' | 'json' | 'stix'): Promise<string> {
  switch (form) {
    case 'md':
      return answered(client().GET('/v1/campaigns/{campaign}/dossier.md', { params, parseAs: 'text' }));
    case 'json':
      return JSON.stringify(await answered(client().GET('/v1/campaigns/{campaign}/dossier', { params })), null, 2);
    case 'stix':
      return JSON.stringify(await answered(client().GET('/v1/campaigns/{campaign}/stix', { params })), null, 2);
    default:
      return form satisfies never;
  }
}
