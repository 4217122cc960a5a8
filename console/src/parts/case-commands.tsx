import { useState } from 'react';
import { answered, client, type Schemas } from '../api';
import { useMe } from '../app';
import { count } from '../format';
import { CommandDialog, type Sent } from './command-dialog';
import type { Keys } from './keyboard';
import { Preview, useDryRun } from './preview';

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
const COMMANDS: Record<Name, { key: string; label: string; says: string; danger: boolean }> = {
  approve: {
    key: 'a',
    label: 'Approve',
    says: 'Your approval counts as one. The case goes on once enough distinct people approved.',
    danger: false,
  },
  reject: { key: 'r', label: 'Reject', says: 'Nothing is done about this campaign. The case is closed.', danger: true },
  resume: {
    key: 'a',
    label: 'Resume',
    says: 'The case was stopped by a limit. It goes on from the first stage once enough people approve again.',
    danger: false,
  },
  confirm: { key: 'f', label: 'Confirm', says: 'What is in force does not expire by itself any more.', danger: false },
  undo: {
    key: 'u',
    label: 'Undo',
    says: 'Everything this case did is given back, and the accounts are exonerated for a while. Nothing stops an undo.',
    danger: true,
  },
};

export function useCaseCommands(about: Case | undefined) {
  const [open, setOpen] = useState<{ name: Name; about: Case } | null>(null);
  const me = useMe();
  const may = me.data !== undefined && me.data.role !== 'viewer';
  const offers = (one: Case | undefined): readonly Name[] => (one && may ? OFFERS[one.progress] : []);
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

function CaseDialog({ name, about, onClose }: { name: Name; about: Case; onClose: () => void }) {
  const { label, says, danger } = COMMANDS[name];
  const [protectedToo, setProtectedToo] = useState(false);
  const run = useDryRun(about.campaign);
  const hits = name === 'approve' || name === 'resume';
  return (
    <CommandDialog
      title={`${label} case ${about.id}`}
      act={label}
      danger={danger}
      onClose={onClose}
      send={(sent) => send(name, about, sent, protectedToo)}
    >
      <p>{says}</p>
      {hits ? <Preview campaign={about.campaign} /> : null}
      {name === 'undo' ? (
        <p className="note">
          Up to <strong>{count(about.size)}</strong> accounts are given back.
        </p>
      ) : null}
      {name === 'approve' && (run.data?.protectedCount ?? 0) > 0 ? (
        <label className="row">
          <input type="checkbox" checked={protectedToo} onChange={(event) => setProtectedToo(event.target.checked)} />
          <span>Also the {count(run.data?.protectedCount ?? 0)} protected accounts (takes two approvers who both say so)</span>
        </label>
      ) : null}
    </CommandDialog>
  );
}

function send(name: Name, about: Case, { because, key }: Sent, protectedToo: boolean): Promise<Schemas['CommandAnswer']> {
  const params = { path: { case: about.id }, header: { 'idempotency-key': key } };
  switch (name) {
    case 'approve':
      return answered(client().POST('/v1/cases/{case}/approve', { params, body: { because, protectedToo } }));
    case 'reject':
      return answered(client().POST('/v1/cases/{case}/reject', { params, body: { because } }));
    case 'resume':
      return answered(client().POST('/v1/cases/{case}/resume', { params, body: { because } }));
    case 'confirm':
      return answered(client().POST('/v1/cases/{case}/confirm', { params, body: { because } }));
    case 'undo':
      return answered(client().POST('/v1/cases/{case}/undo', { params, body: { because } }));
    default:
      return name satisfies never;
  }
}
