import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ProblemError, type Schemas } from '../api';
import { brief, readable, words } from '../format';

/** Small parts that every page is made of. */

type Tone = 'danger' | 'warn' | 'good' | 'accent' | 'plain';

export const Badge = ({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) => (
  <span className={`badge ${tone === 'plain' ? '' : tone}`}>{children}</span>
);

export const Panel = ({
  title,
  end,
  id,
  children,
  flush = false,
}: {
  title: ReactNode;
  end?: ReactNode;
  id?: string;
  children: ReactNode;
  flush?: boolean;
}) => (
  <section className="panel" id={id} aria-label={typeof title === 'string' ? title : undefined}>
    <header>
      <h2>{title}</h2>
      {end ? <div className="end">{end}</div> : null}
    </header>
    <div className={flush ? '' : 'body'}>{children}</div>
  </section>
);

export const Loading = ({ lines = 4 }: { lines?: number }) => (
  <div className="bones" role="status" aria-label="Loading">
    {[...Array(lines).keys()].map((line) => (
      <span key={line} style={{ width: `${92 - ((line * 17) % 45)}%` }} />
    ))}
  </div>
);

export const Empty = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className="empty">
    <strong>{title}</strong>
    {children ? <span>{children}</span> : null}
  </div>
);

export function Failed({ error, again }: { error: unknown; again?: () => void }) {
  const problem =
    error instanceof ProblemError
      ? error.problem
      : { title: 'This could not be loaded', detail: error instanceof Error ? error.message : String(error), requestId: '' };
  return (
    <div className="note danger" role="alert">
      <strong>{problem.title}.</strong> {problem.detail}{' '}
      {problem.requestId ? <span className="mono">Request {problem.requestId}</span> : null}{' '}
      {again ? (
        <button type="button" className="button tiny" onClick={again}>
          Try again
        </button>
      ) : null}
    </div>
  );
}

export type Loadable<T> = { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
/** Loading, failed, or the data: no page forgets one of the three. */
export function Loaded<T>({ from, lines, children }: { from: Loadable<T>; lines?: number; children: (data: T) => ReactNode }) {
  if (from.data !== undefined) return children(from.data);
  if (from.error) return <Failed error={from.error} again={() => void from.refetch()} />;
  return <Loading lines={lines} />;
}

export const AccountLink = ({ account }: { account: string }) => (
  <Link className="mono" href={`/accounts/${account}`} title={account}>
    {brief(account)}
  </Link>
);

export const Family = ({ name }: { name: Schemas['Evidence']['family'] }) => <span className={`family ${name}`}>{name}</span>;

/** A share of one, drawn; what it says stands beside it in digits. */
export const Bar = ({ share, look = 'bar' }: { share: number; look?: 'bar' | 'meter' }) => (
  <span className={look} aria-hidden="true">
    <span style={{ width: `${100 * share}%` }} />
  </span>
);

export const Strength = ({ value }: { value: number }) => (
  <span className="nowrap small soft" title={`${value.toFixed(4)}: ${(1 / Math.max(1 - value, 1e-6)).toFixed(0)} times as likely`}>
    <Bar share={value} look="meter" /> <span className="visually-hidden">strength </span>
    {value > 0.9995 ? '> 0.999' : value.toFixed(3)}
  </span>
);

/** Evidence in sentences, strongest first, each with its family and how strongly it speaks. */
export const Sentences = ({ evidence }: { evidence: readonly Schemas['Evidence'][] }) => (
  <ul className="sentences">
    {evidence.map((one) => (
      <li key={`${one.detector} ${one.because}`}>
        <Family name={one.family} />
        <span className="text">{readable(one.because)}</span>
        <Strength value={one.strength} />
      </li>
    ))}
  </ul>
);

const STANDING_TONES: Record<Schemas['Account']['standing'], Tone> = {
  active: 'plain',
  watched: 'accent',
  'in-review': 'accent',
  warned: 'warn',
  challenged: 'warn',
  limited: 'warn',
  'key-disabled': 'danger',
  suspended: 'danger',
};
export const Standing = ({ is }: { is: Schemas['Account']['standing'] }) => <Badge tone={STANDING_TONES[is]}>{words(is)}</Badge>;

const PROGRESS_TONES: Record<Schemas['Case']['progress'], Tone> = {
  held: 'accent',
  'awaiting-approval': 'warn',
  containing: 'accent',
  watching: 'accent',
  stopped: 'danger',
  contained: 'good',
  undoing: 'accent',
  undone: 'plain',
  rejected: 'plain',
  lapsed: 'plain',
  withdrawn: 'plain',
  expired: 'plain',
};
export const Progress = ({ is }: { is: Schemas['Case']['progress'] }) => <Badge tone={PROGRESS_TONES[is]}>{words(is)}</Badge>;

const CLASSIFICATION_TONES: Record<Schemas['CampaignSummary']['classification'], Tone> = {
  distillation: 'danger',
  reselling: 'warn',
  'hijacked-keys': 'accent',
  'shared-origin': 'plain',
  unclear: 'plain',
};
export const Classification = ({ is }: { is: Schemas['CampaignSummary']['classification'] }) => (
  <Badge tone={CLASSIFICATION_TONES[is]}>{words(is)}</Badge>
);

export const Figures = ({ items }: { items: readonly (readonly [label: string, value: ReactNode])[] }) => (
  <dl className="figures">
    {items.map(([label, value]) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
