import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answered, client, type Schemas } from '../../api';
import { plural, words } from '../../format';
import { CommandDialog } from '../../parts/commands/command-dialog';
import { Badge, Classification, Loaded, Panel } from '../../parts/parts';
import { Changes, changesOf } from './policy-changes';
import { type Edits, edited, MODES, type Numbered, numbersIn, spaced, unexplained } from './policy-edits';

type Policy = Schemas['Policy'];

/**
 * A policy as a document: each number with its name and its reason. Read from the schema's shape, so a new number shows by itself. An
 * admin changes numbers where they stand, each with a new reason: that is a draft, which a second person reads before it is measured.
 */
type Props = { digest: string; judging: string; mayEdit: boolean; onBack: (() => void) | undefined };
export function PolicyNumbers({ digest, judging, mayEdit, onBack }: Props) {
  const [edits, setEdits] = useState<Edits | null>(null);
  const [drafting, setDrafting] = useState(false);
  const one = useQuery({ queryKey: ['policy', digest], queryFn: () => policyOf(digest) });
  const inForce = useQuery({ queryKey: ['policy', judging], enabled: digest !== judging, queryFn: () => policyOf(judging) });
  const edit = (number: Numbered, change: { value: unknown; reason: string }) => {
    const next = new Map(edits);
    if (String(change.value) === String(number.value) && change.reason === number.reason) next.delete(number.name);
    else next.set(number.name, { ...change, number });
    setEdits(next);
  };
  return (
    <Loaded from={one}>
      {({ policy }) => (
        <Panel
          title={digest === judging ? `Policy in force: ${policy.version}` : `Numbers of ${policy.version}`}
          flush
          end={
            <>
              {digest === judging ? <Badge tone="good">in force</Badge> : null}
              {onBack ? (
                <button type="button" className="button tiny" onClick={onBack}>
                  Show the policy in force
                </button>
              ) : null}
              {mayEdit ? (
                <button
                  type="button"
                  className="button tiny"
                  aria-pressed={edits !== null}
                  onClick={() => setEdits(edits ? null : new Map())}
                >
                  {edits ? 'Stop editing' : 'Edit a copy'}
                </button>
              ) : null}
            </>
          }
        >
          {edits ? (
            <div className="chosen" role="status">
              <strong>{plural(edits.size, 'number')} changed</strong>
              <span className="small soft">
                {unexplained(edits).length > 0
                  ? `Give a reason for: ${unexplained(edits).map(spaced).slice(0, 3).join('; ')}`
                  : 'Each change needs its own reason. Nothing is decided by a draft.'}
              </span>
              <button
                type="button"
                className="button tiny main"
                disabled={edits.size === 0 || unexplained(edits).length > 0}
                onClick={() => setDrafting(true)}
              >
                Draft these changes
              </button>
            </div>
          ) : null}
          {inForce.data && digest !== judging ? (
            <div className="under-head">
              <Changes
                of={changesOf(inForce.data.policy, policy)}
                names={[`in force: ${inForce.data.policy.version}`, policy.version]}
                none="The same numbers as the policy in force."
              />
            </div>
          ) : null}
          <div className="rules">
            {policy.enforcement.rules.map((rule, place) => (
              <details key={rule.id}>
                <summary>
                  <Classification is={rule.classification} /> <span className="mono">{rule.id}</span> <span>{words(rule.action)}</span>
                  <Badge tone={modeOf(policy, rule) === 'auto' ? 'danger' : 'plain'}>{modeOf(policy, rule)}</Badge>
                </summary>
                <Numbers of={ofRule(rule, place)} edits={edits} onEdit={edit} />
              </details>
            ))}
            {sections(policy).map(([name, section]) => (
              <details key={name}>
                <summary>
                  <strong>{SECTIONS[name] ?? spaced(name).replace(/^./, (letter) => letter.toUpperCase())}</strong>
                </summary>
                <Numbers of={numbersIn(section, pathOf(name))} edits={edits} onEdit={edit} />
              </details>
            ))}
          </div>
          {drafting && edits ? (
            <DraftEdits
              policy={policy}
              edits={edits}
              onClose={() => setDrafting(false)}
              onDone={() => {
                setDrafting(false);
                setEdits(null);
              }}
            />
          ) : null}
        </Panel>
      )}
    </Loaded>
  );
}

const policyOf = (digest: string) => answered(client().GET('/v1/policies/{digest}', { params: { path: { digest } } }));

/** The mode that a rule acts in: the mode of its action, and never more than its own. */
function modeOf(policy: Policy, rule: Policy['enforcement']['rules'][number]): string {
  const ofAction = policy.enforcement.modes[rule.action]?.value ?? 'observe';
  const own = rule.mode?.value ?? ofAction;
  return MODES.indexOf(own) < MODES.indexOf(ofAction) ? own : ofAction;
}

/** Whoever edits can give a rule a mode of its own, where it has none. */
function ofRule(rule: Policy['enforcement']['rules'][number], place: number): Numbered[] {
  const path = ['enforcement', 'rules', String(place)];
  const numbers = numbersIn(rule, path);
  if (rule.mode) return numbers;
  const name = [...path, 'mode'].join('.');
  return [{ name, path: [...path, 'mode'], label: 'mode', value: '', reason: '', optional: true }, ...numbers];
}

const sections = (policy: Policy): [string, unknown][] => [
  ...Object.entries(policy.enforcement).filter(([name]) => name !== 'rules'),
  ['detection', policy.detection],
  ...(policy.admission ? ([['admission', policy.admission]] as [string, unknown][]) : []),
];
const pathOf = (name: string): string[] => (name === 'detection' || name === 'admission' ? [name] : ['enforcement', name]);
/** What the sections are about, where their name alone does not say it. */
const SECTIONS: Record<string, string> = {
  modes: 'Modes, by action',
  hold: 'Delay before acting',
  stop: 'When containment stops by itself',
  undo: 'Restoring a campaign',
  outage: 'While the provider does not answer',
  demotion: 'When a rule loses mode auto',
  goLive: 'What a policy must have shown before it goes live',
  admission: 'Check of sign-ups and first requests',
};

type NumbersProps = {
  of: readonly Numbered[];
  edits: Edits | null;
  onEdit: (number: Numbered, change: { value: unknown; reason: string }) => void;
};
const Numbers = ({ of, edits, onEdit }: NumbersProps) => (
  <dl className={edits ? 'editing' : ''}>
    {of
      .filter(({ optional }) => edits !== null || !optional)
      .map((number) =>
        edits ? (
          <EditedNumber key={number.name} number={number} change={edits.get(number.name)} onEdit={onEdit} />
        ) : (
          <div key={number.name}>
            <dt>{spaced(number.label)}</dt>
            <dd className="value">{inText(number.value)}</dd>
            <dd className="soft">{number.reason}</dd>
          </div>
        ),
      )}
  </dl>
);

const inText = (value: unknown): string => (Array.isArray(value) ? value.join(', ') || 'none' : String(value));

function EditedNumber({
  number,
  change,
  onEdit,
}: {
  number: Numbered;
  change: { value: unknown; reason: string } | undefined;
  onEdit: NumbersProps['onEdit'];
}) {
  const value = change?.value ?? number.value;
  const reason = change?.reason ?? number.reason;
  const label = spaced(number.label);
  const isMode = number.path.at(-1) === 'mode' || number.path.at(-2) === 'modes';
  return (
    <div className={change ? 'changed' : ''}>
      <dt>{label}</dt>
      <dd className="value">
        {isMode ? (
          <select
            aria-label={`${label}: mode`}
            value={String(value)}
            onChange={(event) => onEdit(number, { value: event.target.value, reason })}
          >
            {number.optional ? <option value="">as its action</option> : null}
            {MODES.map((mode) => (
              <option key={mode}>{mode}</option>
            ))}
          </select>
        ) : (
          <input
            aria-label={`${label}: value`}
            inputMode={typeof number.value === 'number' ? 'decimal' : 'text'}
            value={Array.isArray(value) ? value.join(', ') : String(value)}
            onChange={(event) => onEdit(number, { value: event.target.value, reason })}
          />
        )}
      </dd>
      <dd>
        <textarea
          aria-label={`${label}: reason`}
          rows={Math.min(4, Math.max(1, Math.ceil(reason.length / 105)))}
          placeholder="Why this value"
          value={reason}
          onChange={(event) => onEdit(number, { value, reason: event.target.value })}
        />
      </dd>
    </div>
  );
}

function DraftEdits({ policy, edits, onClose, onDone }: { policy: Policy; edits: Edits; onClose: () => void; onDone: () => void }) {
  const [version, setVersion] = useState(`${policy.version}-edited`);
  const next = edited(policy, edits, version);
  return (
    <CommandDialog
      title={`Draft ${version}: ${plural(edits.size, 'number')} changed`}
      act="Draft"
      ready={version.trim() !== '' && version !== policy.version}
      onClose={onClose}
      send={async ({ because, key }) => {
        const answer = await answered(
          client().POST('/v1/policies', { params: { header: { 'idempotency-key': key } }, body: { policy: next, because } }),
        );
        onDone();
        return answer;
      }}
    >
      <Changes of={changesOf(policy, next)} names={[policy.version, version]} none="Nothing changed." />
      <label className="field">
        <span>Name of the draft</span>
        <input value={version} maxLength={64} onChange={(event) => setVersion(event.target.value)} />
      </label>
    </CommandDialog>
  );
}
