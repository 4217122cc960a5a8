import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { answered, client, type Schemas } from '../../api';
import { moment, plural } from '../../format';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { Badge, Empty, Loaded, Panel } from '../../parts/parts';

type Keys = Schemas['AccountKeys'];
type Key = Keys['keys'][number];

const TONES = { live: 'good', rotated: 'plain', disabled: 'plain' } as const;
const STATES: Record<Key['state'], string> = { live: 'works', rotated: 'replaced', disabled: 'ended' };
const CHANGES: Record<Key['state'] | 'created', string> = { created: 'made', live: 'made', rotated: 'replaced', disabled: 'ended' };
const BY = { owner: ' by its owner', provider: ' by the provider' } as const;

/** API keys of an account, as the provider told of them: which works, which somebody else uses. Key before account. */
export function KeysPanel({ of: { account, membership }, mayAct }: { of: Schemas['Account']; mayAct: boolean }) {
  const [ending, setEnding] = useState<Key | null>(null);
  const keys = useQuery({
    queryKey: ['account-keys', account],
    refetchInterval: 30_000,
    queryFn: () => answered(client().GET('/v1/accounts/{account}/keys', { params: { path: { account } } })),
  });
  return (
    <Panel title="API keys" flush end={keys.data && keys.data.keys.length > 0 ? <Count of={keys.data} /> : null}>
      <Loaded from={keys} lines={2}>
        {(data) => (
          <>
            <Elsewhere of={data} victim={membership?.role === 'suspected-victim'} />
            {data.keys.length === 0 ? (
              <Empty title="No key is known">
                The provider sent no key event (lockstep.key.v1) about this account. Without them an action about keys is about all of them.
              </Empty>
            ) : (
              <ul className="api-keys">
                {[...data.keys].sort(latestFirst(data.elsewhere?.name)).map((one) => (
                  <KeyRow
                    key={one.name}
                    one={one}
                    elsewhere={data.elsewhere?.name === one.name}
                    onEnd={mayAct && one.state === 'live' ? () => setEnding(one) : null}
                  />
                ))}
              </ul>
            )}
          </>
        )}
      </Loaded>
      {ending ? <EndKey account={account} one={ending} onClose={() => setEnding(null)} /> : null}
    </Panel>
  );
}

/** The one that somebody else uses, then those that work before those that do not, the latest change first. */
const latestFirst =
  (elsewhere: string | undefined) =>
  (one: Key, other: Key): number =>
    Number(other.name === elsewhere) - Number(one.name === elsewhere) ||
    Number(other.state === 'live') - Number(one.state === 'live') ||
    other.since.localeCompare(one.since) ||
    one.name.localeCompare(other.name);

const Count = ({ of: { keys, complete } }: { of: Keys }) => (
  <span className="small soft">
    {complete ? '' : 'the first '}
    {plural(keys.length, 'key')}, {keys.filter(({ state }) => state === 'live').length} of them {keys.length === 1 ? 'works' : 'work'}
  </span>
);

/** What detection found out about the keys of a victim; nothing of anybody else. */
function Elsewhere({ of: { elsewhere, keys }, victim }: { of: Keys; victim: boolean }) {
  if (!elsewhere)
    return victim ? (
      <p className="note inset">
        Detection names no single key: the account has one only, its new client uses several, or which key goes with which client is not
        fully known.
      </p>
    ) : null;
  if (keys.some(({ name }) => name === elsewhere.name)) return null;
  return (
    <p className="note inset">
      A new client uses <span className="mono">{elsewhere.name}</span>, of which no key event told: an action is about all keys of the
      account.
    </p>
  );
}

type RowProps = { one: Key; elsewhere: boolean; onEnd: (() => void) | null };
const KeyRow = ({ one, elsewhere, onEnd }: RowProps) => (
  <li>
    <span className="mono">{one.name}</span>
    <span className="row" style={{ gap: 6 }}>
      <Badge tone={TONES[one.state]}>{STATES[one.state]}</Badge>
      {elsewhere ? <Badge tone="warn">a new client uses it</Badge> : null}
    </span>
    <span className="said small soft">
      {CHANGES[one.state]} {moment(one.since)}
      {one.by ? BY[one.by] : ''}
      {one.replacedBy ? (
        <>
          {' '}
          by <span className="mono">{one.replacedBy}</span>
        </>
      ) : null}
      {one.changes.length > 1 ? (
        <>
          {'; before: '}
          {one.changes
            .slice(0, -1)
            .map(({ change, at, by }) => `${CHANGES[change]} ${moment(at)}${by ? BY[by] : ''}`)
            .join(', ')}
        </>
      ) : null}
      {one.key === null ? null : (
        <>
          {'. Hash '}
          <span className="mono">{one.key}</span>
        </>
      )}
    </span>
    {onEnd ? (
      <button type="button" className="button tiny" aria-label={`Disable ${one.name} alone`} onClick={onEnd}>
        Disable
      </button>
    ) : null}
  </li>
);

/** One stolen key: a case about it alone, which another person approves. */
function EndKey({ account, one, onClose }: { account: string; one: Key; onClose: () => void }) {
  const [, go] = useLocation();
  return (
    <CommandDialog
      title={`Open a case: disable ${one.name} alone`}
      act="Open the case"
      onClose={onClose}
      send={async ({ because, key }) => {
        const answer = await answered(
          client().POST('/v1/cases', {
            params: { header: { 'idempotency-key': key } },
            body: {
              accounts: [account],
              action: 'disable-key',
              keys: one.key === null ? [] : [one.key],
              reasonCode: 'key-compromised',
              because,
            },
          }),
        );
        if (answer.case) go(`/cases/${answer.case}`);
        return answer;
      }}
    >
      <p>
        The provider is asked to end this key and nothing else: the account works on with its others, and its owner is told that the key is
        used by somebody else. Another person than you approves it; if its owner replaces the key meanwhile, nothing is asked.
      </p>
    </CommandDialog>
  );
}
