import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { CLASSIFICATION_NAMES, count, doing, plural, readable, words } from '../../format';
import { useCaseCommands } from '../../parts/commands/case-commands';
import { AddAccounts, type Bulk, BulkDialog } from '../../parts/commands/choose';
import { LEFT_ALONE } from '../../parts/commands/preview';
import { useKeys } from '../../parts/keyboard';
import { AccountLink, Badge, Empty, Loaded, Panel } from '../../parts/parts';
import { CasePanel } from './case-panel';

type Decided = Schemas['DecidedAccount'];

/** One case: where it is, and what it does about each account, to choose from. */
export function CasePage({ id }: { id: string }) {
  const one = useQuery({
    queryKey: ['case', id],
    refetchInterval: 5_000,
    queryFn: () => answered(client().GET('/v1/cases/{case}', { params: { path: { case: id } } })),
  });
  const commands = useCaseCommands(one.data);
  useKeys('Case', commands.keys);
  return (
    <Loaded from={one} lines={8}>
      {(data) => (
        <>
          <header>
            <div className="grow">
              <h1>
                {data.byHand ? 'Case opened by hand' : `Case: ${CLASSIFICATION_NAMES[data.classification].toLowerCase()}`}{' '}
                <span className="mono" style={{ fontSize: 15 }}>
                  {data.id}
                </span>
              </h1>
              <p className="lede">
                {doing(data.action, data.size, data.keys.length)}.{' '}
                {data.byHand ? (
                  `${data.openedBy ?? 'A person'} opened it; no campaign called for it.`
                ) : (
                  <Link href={`/campaigns/${data.campaign}`}>The campaign with its evidence</Link>
                )}
              </p>
            </div>
          </header>
          {data.keysAtWork.length > 0 ? (
            <p className="note danger banner">
              <strong>A key that was ended still works</strong>, although the provider’s system acknowledged it: look there first. What was
              seen stands on the page of{' '}
              {data.keysAtWork.map((account, n) => (
                <span key={account}>
                  {n > 0 ? ', ' : ''}
                  <AccountLink account={account} />
                </span>
              ))}
              .
            </p>
          ) : null}
          <div className="columns">
            <CaseAccounts about={data} mayAct={commands.mayAct} />
            <aside className="stack">
              <CasePanel entry={data} pending={false} buttons={commands.buttons(data)} />
            </aside>
          </div>
          {commands.dialog}
        </>
      )}
    </Loaded>
  );
}

const TONES = { act: 'danger', review: 'warn', exclude: 'plain' } as const;
/** As many as one looks through; the rest on demand. */
const SHOWN_FIRST = 40;
const SHOWN = 200;

function CaseAccounts({ about, mayAct }: { about: Schemas['Case']; mayAct: boolean }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  const [asking, setAsking] = useState<Bulk | 'add' | null>(null);
  const accounts = useQuery({
    queryKey: ['case-accounts', about.id, about.sequence],
    queryFn: () => answered(client().GET('/v1/cases/{case}/accounts', { params: { path: { case: about.id }, query: {} } })),
  });
  const before = about.progress === 'held' || about.progress === 'awaiting-approval';
  const toggle = (account: string) => {
    const next = new Set(chosen);
    if (!next.delete(account)) next.add(account);
    setChosen(next);
  };
  return (
    <Panel
      title="What it does about each account"
      flush
      end={
        mayAct && (before || about.progress === 'contained') ? (
          <button type="button" className="button tiny" onClick={() => setAsking('add')}>
            Add an account
          </button>
        ) : null
      }
    >
      {mayAct ? <ChosenBar chosen={chosen} inCase={about} onAsk={setAsking} onClear={() => setChosen(new Set())} /> : null}
      <Loaded from={accounts}>
        {({ items, of }) =>
          items.length === 0 ? (
            <Empty title="No account is left in it">{about.because.at(-1)}</Empty>
          ) : (
            <>
              <ul className="decided">
                {items.slice(0, all ? SHOWN : SHOWN_FIRST).map((one) => (
                  <DecidedRow
                    key={one.account}
                    one={one}
                    progress={about.progress}
                    chosen={chosen.has(one.account)}
                    onToggle={mayAct ? () => toggle(one.account) : null}
                  />
                ))}
              </ul>
              <div className="under">
                <span>
                  {of > (all ? SHOWN : SHOWN_FIRST)
                    ? `The first ${count(Math.min(items.length, all ? SHOWN : SHOWN_FIRST))} of ${count(of)}`
                    : `${plural(of, 'account')}. End of list`}
                </span>
                {!all && items.length > SHOWN_FIRST ? (
                  <button type="button" className="button tiny" onClick={() => setAll(true)}>
                    Show {count(Math.min(items.length, SHOWN))}
                  </button>
                ) : null}
              </div>
            </>
          )
        }
      </Loaded>
      {asking === 'add' ? <AddAccounts to={about} onClose={() => setAsking(null)} /> : null}
      {asking !== null && asking !== 'add' ? (
        <BulkDialog
          what={asking}
          accounts={[...chosen]}
          inCase={about}
          onClose={() => {
            setAsking(null);
            setChosen(new Set());
          }}
        />
      ) : null}
    </Panel>
  );
}

/** What “act” means for an account, by how far its case is: nobody is acted on before the case goes through. */
const ACTS: Record<Schemas['Case']['progress'], string> = {
  held: 'will be acted on',
  'awaiting-approval': 'will be acted on',
  containing: 'acted on in stages',
  watching: 'acted on in stages',
  stopped: 'acted on in stages',
  contained: 'acted on',
  undoing: 'being restored',
  undone: 'restored',
  rejected: 'not acted on',
  lapsed: 'not acted on',
  withdrawn: 'not acted on',
  expired: 'action expired',
};

type DecidedRowProps = { one: Decided; progress: Schemas['Case']['progress']; chosen: boolean; onToggle: (() => void) | null };
const DecidedRow = ({ one, progress, chosen, onToggle }: DecidedRowProps) => (
  <li>
    {onToggle ? (
      <input type="checkbox" aria-label={`Choose account ${one.account.slice(0, 8)}`} checked={chosen} onChange={onToggle} />
    ) : (
      <span />
    )}
    <AccountLink account={one.account} />
    <Badge tone={TONES[one.decision]}>
      {one.decision === 'act'
        ? ACTS[progress]
        : one.decision === 'review'
          ? 'only people may act'
          : (LEFT_ALONE[one.why ?? ''] ?? words(one.why ?? ''))}
    </Badge>
    <span className="small soft" title={one.because.join('\n')}>
      {readable(one.because[0] ?? '')}
      {one.because.length > 1 ? ` And ${plural(one.because.length - 1, 'more reason')}.` : ''}
    </span>
  </li>
);

/** What can be done about the accounts that are chosen; the same bar on the campaign's page and the case's. */
export function ChosenBar({
  chosen,
  inCase,
  onAsk,
  onClear,
  children,
}: {
  chosen: ReadonlySet<string>;
  inCase: Schemas['Case'] | undefined;
  onAsk: (what: Bulk) => void;
  onClear: () => void;
  /** More that can be done with those chosen. */
  children?: ReactNode;
}) {
  if (chosen.size === 0) return null;
  const before = inCase?.progress === 'held' || inCase?.progress === 'awaiting-approval';
  const offers: [Bulk, string][] = [
    ...(before
      ? ([
          ['leave-out', 'Leave out of the case'],
          ['only', 'Act on only these'],
          ['take-in', 'Add to the case'],
        ] as [Bulk, string][])
      : []),
    ...(inCase?.progress === 'contained' ? ([['take-in', 'Add to the case']] as [Bulk, string][]) : []),
    ['exonerate', 'Exonerate'],
    ['restore', 'Restore access'],
  ];
  return (
    <div className="chosen" role="status">
      <strong>{count(chosen.size)} chosen</strong>
      {offers.map(([what, label]) => (
        <button key={what} type="button" className={`button tiny ${what === 'restore' ? 'danger' : ''}`} onClick={() => onAsk(what)}>
          {label}
        </button>
      ))}
      {children}
      <button type="button" className="button tiny quiet" onClick={onClear}>
        Clear
      </button>
    </div>
  );
}
