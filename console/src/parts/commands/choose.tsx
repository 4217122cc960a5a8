import { useState } from 'react';
import { useLocation } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { useStatus } from '../../app';
import { brief, day, doing, plural } from '../../format';
import { CommandDialog } from './command-dialog';

/** Commands about accounts that a person chose: in a list, or by naming them. */
export type Bulk = 'leave-out' | 'take-in' | 'only' | 'restore' | 'exonerate';
type Case = Schemas['Case'];
const KEY = /^[A-Za-z0-9_-]{22}$/;

const Names = ({ accounts }: { accounts: readonly string[] }) => (
  <p className="small">
    {accounts.slice(0, 8).map((account) => (
      <span key={account} className="mono" title={account}>
        {brief(account)}{' '}
      </span>
    ))}
    {accounts.length > 8 ? `and ${accounts.length - 8} more` : ''}
  </p>
);

type BulkProps = { what: Bulk; accounts: readonly string[]; inCase: Case | undefined; onClose: () => void };
export function BulkDialog({ what, accounts, inCase, onClose }: BulkProps) {
  const now = useStatus().data?.at ?? new Date().toISOString();
  const [days, setDays] = useState(90);
  const until = new Date(Date.parse(now) + days * 86_400_000).toISOString();
  const { title, act, says, danger } = BULKS[what](plural(accounts.length, 'account'), inCase);
  return (
    <CommandDialog
      title={title}
      act={act}
      danger={danger}
      onClose={onClose}
      send={({ because, key }) => sendBulk(what, [...accounts], { because, key, until }, inCase)}
    >
      <p>{says}</p>
      <Names accounts={accounts} />
      {what === 'exonerate' ? <Days days={days} now={now} onChange={setDays} /> : null}
    </CommandDialog>
  );
}

export const Days = ({ days, now, onChange }: { days: number; now: string; onChange: (days: number) => void }) => (
  <label className="field">
    <span>For how long</span>
    <select value={days} onChange={(event) => onChange(Number(event.target.value))}>
      {[30, 90, 180, 365].map((value) => (
        <option key={value} value={value}>
          {value} days, until {day(new Date(Date.parse(now) + value * 86_400_000).toISOString())}
        </option>
      ))}
    </select>
  </label>
);

type Words = { title: string; act: string; says: string; danger: boolean };
const BULKS: Record<Bulk, (of: string, inCase: Case | undefined) => Words> = {
  'leave-out': (of, inCase) => ({
    title: `Leave ${of} out of case ${inCase?.id ?? ''}`,
    act: `Leave ${of} out`,
    says: 'The case does nothing about them. People who approved it before are asked again, because it is now about other accounts.',
    danger: false,
  }),
  'take-in': (of, inCase) => ({
    title: `Add ${of} to case ${inCase?.id ?? ''}`,
    act: `Add ${of}`,
    says: 'They are acted on like the rest of the case, on your word instead of the policy’s bar for evidence. Protection and exonerations hold. People who approved it before are asked again.',
    danger: false,
  }),
  only: (of, inCase) => ({
    title: `Act on only these ${of} in case ${inCase?.id ?? ''}`,
    act: `Only these ${of}`,
    says: 'Everybody else is left out of the case. People who approved it before are asked again.',
    danger: false,
  }),
  restore: (of) => ({
    title: `Restore access for ${of}`,
    act: `Restore access for ${of}`,
    says: 'They are restored, and exonerated for as long as the policy says. The rest of the campaign stays as it is.',
    danger: true,
  }),
  exonerate: (of) => ({
    title: `Exonerate ${of}`,
    act: `Exonerate ${of}`,
    says: 'Protected from new actions until the date, whatever is found; what is in force on them now is undone.',
    danger: false,
  }),
};

function sendBulk(
  what: Bulk,
  accounts: string[],
  { because, key, until }: { because: string; key: string; until: string },
  inCase: Case | undefined,
): Promise<Schemas['CommandAnswer']> {
  const header = { 'idempotency-key': key };
  const choose = (chosen: { leaveOut: string[] } | { takeIn: string[] } | { only: string[] }) =>
    answered(
      client().POST('/v1/cases/{case}/accounts', { params: { path: { case: inCase?.id ?? '' }, header }, body: { because, ...chosen } }),
    );
  switch (what) {
    case 'leave-out':
      return choose({ leaveOut: accounts });
    case 'take-in':
      return choose({ takeIn: accounts });
    case 'only':
      return choose({ only: accounts });
    case 'restore':
      return answered(client().POST('/v1/accounts/undo', { params: { header }, body: { because, accounts } }));
    case 'exonerate':
      return answered(
        client().POST('/v1/accounts/exonerate', { params: { header }, body: { because, accounts, effect: 'exonerated', until } }),
      );
    default:
      return what satisfies never;
  }
}

export const namesIn = (text: string): string[] => text.split(/[\s,;]+/).filter((id) => id !== '');
/** Keys as they are; anything else is the provider's own id, which the server hashes and forgets. */
export const keysOf = (text: string): Promise<string[]> =>
  Promise.all(
    namesIn(text).map(async (id) => (KEY.test(id) ? id : (await answered(client().POST('/v1/accounts/lookup', { body: { id } }))).account)),
  );

/** One more account into a case, by key or by the provider's id. */
export function AddAccounts({ to, onClose }: { to: Case; onClose: () => void }) {
  const [named, setNamed] = useState('');
  const { says } = BULKS['take-in']('', to);
  const size = namesIn(named).length;
  return (
    <CommandDialog
      title={`Add ${size === 0 ? 'accounts' : plural(size, 'account')} to case ${to.id}`}
      act="Add"
      ready={size > 0}
      onClose={onClose}
      send={async ({ because, key }) =>
        answered(
          client().POST('/v1/cases/{case}/accounts', {
            params: { path: { case: to.id }, header: { 'idempotency-key': key } },
            body: { because, takeIn: await keysOf(named) },
          }),
        )
      }
    >
      <p>{says}</p>
      <AccountNames value={named} onChange={setNamed} />
    </CommandDialog>
  );
}

export const AccountNames = ({ value, onChange }: { value: string; onChange: (text: string) => void }) => (
  <label className="field">
    <span>Accounts: keys or your own ids, one a line</span>
    <textarea rows={3} value={value} onChange={(event) => onChange(event.target.value)} />
  </label>
);

const ACTIONS = ['suspend', 'limit', 'challenge', 'disable-key', 'warn'] as const;
const REASONS = [
  ['coordinated-extraction', 'Coordinated extraction of model outputs'],
  ['access-resale', 'Access appears to be resold'],
  ['key-compromised', 'Key used by somebody else'],
  ['coordinated-unclear', 'Unusual coordinated use'],
] as const;

/** A case that no campaign called for: from a tip, a bank, a court. Another person approves it. */
export function OpenByHand({ accounts = '', onClose }: { accounts?: string; onClose: () => void }) {
  const [, go] = useLocation();
  const [named, setNamed] = useState(accounts);
  const [action, setAction] = useState<(typeof ACTIONS)[number]>('suspend');
  const [reasonCode, setReason] = useState<(typeof REASONS)[number][0]>('coordinated-extraction');
  const size = namesIn(named).length;
  return (
    <CommandDialog
      title={size === 0 ? 'Open a case by hand' : `Open a case by hand: ${doing(action, size)}`}
      act="Open the case"
      ready={size > 0}
      onClose={onClose}
      send={async ({ because, key }) => {
        const answer = await answered(
          client().POST('/v1/cases', {
            params: { header: { 'idempotency-key': key } },
            body: { accounts: await keysOf(named), action, reasonCode, because },
          }),
        );
        if (answer.case) go(`/cases/${answer.case}`);
        return answer;
      }}
    >
      <p>
        About accounts that no campaign called for. Another person than you approves it; it expires, is appealed and undone like any other.
      </p>
      <AccountNames value={named} onChange={setNamed} />
      <label className="field">
        <span>What is done</span>
        <select value={action} onChange={(event) => setAction(ACTIONS.find((one) => one === event.target.value) ?? 'suspend')}>
          {ACTIONS.map((one) => (
            <option key={one} value={one}>
              {doing(one, size || 1)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>What the people concerned are told</span>
        <select
          value={reasonCode}
          onChange={(event) => setReason(REASONS.find(([code]) => code === event.target.value)?.[0] ?? 'coordinated-unclear')}
        >
          {REASONS.map(([code, text]) => (
            <option key={code} value={code}>
              {text}
            </option>
          ))}
        </select>
      </label>
    </CommandDialog>
  );
}
