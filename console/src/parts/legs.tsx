import type { Schemas } from '../api';
import { CLASSIFICATION_NAMES, percent, readable } from '../format';
import { Badge, Panel } from './parts';

const LEGS = [
  ['coordination', 'one operator moves the accounts'],
  ['concealment', 'they are made to look unrelated'],
  ['purpose', 'they ask for what a student model needs'],
] as const;
/** Fewer known groups than this share are as unusual: worth a second look. */
const UNUSUAL_BELOW = 0.05;

type Judged = Pick<Schemas['Campaign'], 'legs' | 'typicality' | 'odd' | 'classification'>;

/** The three things that must all hold before a machine may suspend anybody: each with the figures it stands on, or what is missing. */
export function LegsPanel({ of, title = 'May a machine suspend?' }: { of: Judged; title?: string }) {
  const { legs, typicality, odd, classification } = of;
  if (!legs && typicality === null && odd.length === 0) return null;
  const missing = legs ? LEGS.filter(([name]) => !legs[name].holds).length : LEGS.length;
  return (
    <Panel
      title={title}
      end={
        <Badge tone={missing === 0 ? 'danger' : 'good'}>
          {missing === 0 ? 'all three hold' : `no: ${missing === LEGS.length ? 'none' : `${LEGS.length - missing} of 3`} hold`}
        </Badge>
      }
    >
      {legs ? (
        <ul className="legs">
          {LEGS.map(([name, says]) => (
            <li key={name} className={legs[name].holds ? 'holds' : 'lacks'}>
              <p>
                <span className="sign" aria-hidden="true" />
                <strong>{name}</strong> <span className="small soft">{says}</span>
                <span className="visually-hidden">{legs[name].holds ? ': holds' : ': does not hold'}</span>
              </p>
              <p className="small">{sentence(legs[name].because)}</p>
            </li>
          ))}
        </ul>
      ) : (
        <p className="small">It was found before this was asked, so only people decide about it.</p>
      )}
      <p className="small soft" style={{ paddingTop: 10 }}>
        {typicality === null ? null : typical(classification, typicality)}
        {missing === 0 ? null : ' What a machine may not do goes to people.'}
      </p>
      {odd.length === 0 ? null : (
        <details className="small" open={classification === 'unclear'}>
          <summary>What is unusual about it</summary>
          <ul className="bullets">
            {odd.map((text) => (
              <li key={text}>{sentence(text)}</li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}

function typical(classification: Judged['classification'], share: number): string {
  if (classification === 'unclear')
    return `It is like no known class: at most ${percent(share)} of the groups known of any class are as unusual.`;
  const name = CLASSIFICATION_NAMES[classification].toLowerCase();
  return share < UNUSUAL_BELOW
    ? `Unusual for ${name}: only ${percent(share)} of the groups known as that are as unusual or more.`
    : `Typical of ${name}: ${percent(share)} of the groups known as that are as unusual or more.`;
}

const sentence = (text: string): string => readable(`${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`);
