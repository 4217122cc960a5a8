import { useState } from 'react';
import { answered, client, type Schemas } from '../../api';
import { useMe } from '../../app';
import { CLASSIFICATION_NAMES, count, day, doing, plural } from '../../format';
import type { Keys } from '../keyboard';
import { Loaded } from '../parts';
import { CommandDialog, type Sent } from './command-dialog';
import { Preview, useCaseDryRun, useUndoPreview } from './preview';

/** What a person may do about a case now, by where it is. Buttons and keys come from the same list. */
type Name = 'approve' | 'reject' | 'resume' | 'confirm' | 'undo';
type Case = Schemas['Case'];
const OFFERS: Record<Case['progress'], readonly Name[]> = {
  held: ['approve', 'reject'],
  'awaiting-approval': ['approve', 'reject'],
  containing: ['undo'],
  watching: ['undo'],
  stopped: ['resume', 'undo'],
  contained: ['confirm', 'undo'],
  undoing: [],
  undone: [],
  rejected: [],
  lapsed: [],
  withdrawn: [],
  expired: [],
};
const COMMANDS: Record<Name, { key: string; label: string; danger: boolean }> = {
  approve: { key: 'a', label: 'Approve', danger: false },
  reject: { key: 'r', label: 'Reject', danger: true },
  resume: { key: 'a', label: 'Resume', danger: false },
  confirm: { key: 'f', label: 'Confirm', danger: false },
  undo: { key: 'u', label: 'Undo', danger: true },
};

/** A contained case that grew is approved again; who may not approve is offered nothing that would be refused. */
function offersFor(one: Case, may: boolean): readonly Name[] {
  if (!may) return [];
  const grown = one.progress === 'contained' && one.approvals.length < one.approversNeeded;
  const names = grown ? (['approve', ...OFFERS[one.progress]] as const) : OFFERS[one.progress];
  return names.filter((name) => name !== 'approve' || one.mayApprove);
}

export function useCaseCommands(about: Case | undefined) {
  const [open, setOpen] = useState<{ name: Name; about: Case } | null>(null);
  const me = useMe();
  const may = me.data !== undefined && me.data.role !== 'viewer';
  const offers = (one: Case | undefined): readonly Name[] => (one ? offersFor(one, may) : []);
  const ask = (name: Name, one: Case | undefined) => {
    if (one && offers(one).includes(name)) setOpen({ name, about: one });
  };
  const keys: Keys = [
    { keys: 'a', label: 'Approve or resume', does: () => ask(about?.progress === 'stopped' ? 'resume' : 'approve', about) },
    { keys: 'r', label: 'Reject', does: () => ask('reject', about) },
    { keys: 'u', label: 'Undo', does: () => ask('undo', about) },
    { keys: 'f', label: 'Confirm', does: () => ask('confirm', about) },
  ];
  const buttons = (one: Case, loud = true) =>
    offers(one).map((name) => (
      <button
        key={name}
        type="button"
        className={`button ${COMMANDS[name].danger ? 'danger' : name === 'confirm' || !loud ? '' : 'main'}`}
        onClick={() => ask(name, one)}
      >
        {COMMANDS[name].label}{' '}
        <span className="kbd" aria-hidden="true">
          {COMMANDS[name].key}
        </span>
      </button>
    ));
  return { keys, buttons, mayAct: may, dialog: open ? <CaseDialog {...open} onClose={() => setOpen(null)} /> : null };
}

type DialogProps = { about: Case; onClose: () => void };

function CaseDialog({ name, ...props }: DialogProps & { name: Name }) {
  switch (name) {
    case 'approve':
    case 'resume':
      return <GoOn name={name} {...props} />;
    case 'undo':
      return <UndoDialog {...props} />;
    case 'reject':
    case 'confirm':
      return <PlainDialog name={name} {...props} />;
    default:
      return name satisfies never;
  }
}

/** Whom and what a dialog is about, so that nobody signs an id. */
const subject = ({ classification, campaign, byHand }: Case): string =>
  byHand ? 'case opened by hand' : `${CLASSIFICATION_NAMES[classification].toLowerCase()} ${campaign}`;

/** The approval carries what the preview showed: if whom or how many changed meanwhile, the server refuses it. */
function GoOn({ name, about, onClose }: DialogProps & { name: 'approve' | 'resume' }) {
  const [protectedToo, setProtectedToo] = useState(false);
  const run = useCaseDryRun(about.id);
  const data = run.data?.decision === 'act' ? run.data : undefined;
  const what = data ? doing(data.action ?? about.action, data.size, about.keys.length) : COMMANDS[name].label;
  const place = (name === 'resume' && !about.resuming ? 0 : about.approvals.length) + 1;
  return (
    <CommandDialog
      title={`${what}: ${subject(about)}`}
      act={data && name === 'approve' ? `Approve: ${what.charAt(0).toLowerCase()}${what.slice(1)}` : COMMANDS[name].label}
      ready={data !== undefined && !run.isFetching}
      onClose={onClose}
      onRefused={() => void run.refetch()}
      send={(sent) => send(name, about, sent, { protectedToo, seen: data?.seen ?? undefined })}
    >
      {name === 'resume' ? <p>A limit stopped this case. It goes on from the first stage once enough people approve again.</p> : null}
      {data ? (
        <p>
          You are{' '}
          <strong>
            approver {place} of {Math.max(place, data.approvers)}
          </strong>
          . {place < data.approvers ? 'Nothing happens until another person approves too.' : 'With your approval it begins.'}
        </p>
      ) : null}
      <Preview run={run} keys={about.keys} />
      {name === 'approve' && (data?.protectedCount ?? 0) > 0 ? (
        <label className="row">
          <input type="checkbox" checked={protectedToo} onChange={(event) => setProtectedToo(event.target.checked)} />
          <span>Also the {plural(data?.protectedCount ?? 0, 'protected account')} (takes two approvers who both say so)</span>
        </label>
      ) : null}
    </CommandDialog>
  );
}

function UndoDialog({ about, onClose }: DialogProps) {
  const preview = useUndoPreview(about.id);
  const { data } = preview;
  return (
    <CommandDialog
      title={`Restore access for ${data ? plural(data.restored, 'account') : 'everybody'}: ${subject(about)}`}
      act={data ? `Restore access for ${plural(data.restored, 'account')}` : 'Undo'}
      danger
      ready={data !== undefined && !preview.isFetching}
      onClose={onClose}
      onRefused={() => void preview.refetch()}
      send={(sent) => send('undo', about, sent, { seen: data?.seen })}
    >
      <section className="note stack" aria-label="Preview of who is restored">
        <h3>Who is restored</h3>
        <Loaded from={preview} lines={3}>
          {(shown) => (
            <>
              <p>
                <strong className="number">{count(shown.restored)}</strong> {shown.restored === 1 ? 'account gets' : 'accounts get'} access
                back
                {Object.keys(shown.byPlan).length > 0
                  ? `: ${Object.entries(shown.byPlan)
                      .map(([plan, accounts]) => `${count(accounts)} ${plan}`)
                      .join(', ')}`
                  : ''}
                .
              </p>
              <dl className="pairs">
                <dt>Exonerated until</dt>
                <dd>{day(shown.exoneratedUntil)}: no new action on them before, whatever is found</dd>
                {shown.untouched > 0 ? (
                  <>
                    <dt>Restored before</dt>
                    <dd>{count(shown.untouched)}</dd>
                  </>
                ) : null}
                <dt>People needed</dt>
                <dd>
                  You are person {shown.asked + 1} of {Math.max(shown.people, shown.asked + 1)}
                  {shown.asked + 1 < shown.people
                    ? ': the case acts on nobody else meanwhile, and access returns when another person agrees'
                    : ''}
                </dd>
              </dl>
            </>
          )}
        </Loaded>
      </section>
    </CommandDialog>
  );
}

const PLAIN = {
  reject: (about: Case) => ({
    title: `Reject: do nothing about ${plural(about.size, 'account')}, ${subject(about)}`,
    act: 'Reject',
    says: 'Nothing is done about this campaign, and the case is closed.',
  }),
  confirm: (about: Case) => ({
    title: `Keep in force for ${plural(about.size, 'account')}: ${subject(about)}`,
    act: 'Confirm',
    says: 'What is in force does not expire by itself any more.',
  }),
} as const;

function PlainDialog({ name, about, onClose }: DialogProps & { name: 'reject' | 'confirm' }) {
  const { title, act, says } = PLAIN[name](about);
  return (
    <CommandDialog title={title} act={act} danger={name === 'reject'} onClose={onClose} send={(sent) => send(name, about, sent, {})}>
      <p>{says}</p>
    </CommandDialog>
  );
}

type Given = { protectedToo?: boolean; seen?: string | undefined };

function send(name: Name, about: Case, { because, key }: Sent, { protectedToo = false, seen }: Given): Promise<Schemas['CommandAnswer']> {
  const params = { path: { case: about.id }, header: { 'idempotency-key': key } };
  const body = { because, ...(seen === undefined ? {} : { seen }) };
  switch (name) {
    case 'approve':
      return answered(client().POST('/v1/cases/{case}/approve', { params, body: { ...body, protectedToo } }));
    case 'reject':
      return answered(client().POST('/v1/cases/{case}/reject', { params, body }));
    case 'resume':
      return answered(client().POST('/v1/cases/{case}/resume', { params, body }));
    case 'confirm':
      return answered(client().POST('/v1/cases/{case}/confirm', { params, body }));
    case 'undo':
      return answered(client().POST('/v1/cases/{case}/undo', { params, body }));
    default:
      return name satisfies never;
  }
}
