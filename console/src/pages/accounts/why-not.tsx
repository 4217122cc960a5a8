import type { Schemas } from '../../api';
import { moment, words } from '../../format';

/** Why nothing is done: what the policy asked, in order, and what was not met. */
export function WhyNot({ decision }: { decision: Schemas['Campaign']['decision'] }) {
  if (!decision) return <p>The policy has not been asked about it yet.</p>;
  return (
    <div className="stack" style={{ gap: 8 }}>
      <p>{decision.kind === 'watch' ? 'It is watched; nobody is touched.' : 'Nothing is done about it, because:'}</p>
      <ul className="whynot">
        {decision.because.map((text) => (
          <li key={text}>{inWords(text)}</li>
        ))}
      </ul>
      <p className="small soft">Decided {moment(decision.at)}.</p>
    </div>
  );
}

/** `not distillation-suspend: 1 families of evidence …` as a person would say it. */
export function inWords(text: string): string {
  const said = text
    .replace(/^no rule of the policy answers a campaign classified as ([a-z-]+)$/, (_, classification: string) =>
      classification === 'shared-origin'
        ? 'One organisation’s own accounts, or people behind one address: no rule of the policy acts on these'
        : `No rule of the policy acts on a campaign classified as ${words(classification)}`,
    )
    .replace(/^not ([a-z0-9-]+): /, 'The rule $1 does not apply: ')
    .replace(/\b1 (families|accounts)\b/g, (_, noun: string) => `1 ${noun === 'families' ? 'family' : 'account'}`);
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?]$/.test(said) ? '' : '.'}`;
}
