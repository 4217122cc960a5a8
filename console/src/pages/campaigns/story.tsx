import type { Schemas } from '../../api';
import { compact, count, day, listed, percent, plural, readable, shortDay, words } from '../../format';

type Campaign = Schemas['Campaign'];
type Entry = Schemas['QueueEntry'];
const MOST_TARGETS = 3;

/** The campaign in four sentences: who and when, wanting what, found by what, and what became of it. */
export function Story({ of, newest }: { of: Campaign; newest: Entry | undefined }) {
  return (
    <section className="story" aria-label="In four sentences">
      {[whoAndWhen(of), wanting(of), foundBy(of), outcome(of, newest)].map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </section>
  );
}

function whoAndWhen(of: Campaign): string {
  const last = of.timeline.at(-1)?.at ?? of.lastSeen;
  const first = of.timeline[0]?.at ?? of.firstSeen;
  const days = Math.max(1, Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000));
  const each = (of.leaked + of.prevented) / Math.max(1, of.accounts) / days;
  const span = day(first) === day(last) ? `on ${day(first)}` : `from ${shortDay(first)} to ${day(last)}`;
  return `${plural(of.accounts, 'account')}, active ${span} (${plural(days, 'day')}), sent ${count(of.leaked + of.prevented)} requests: ${each < 10 ? each.toFixed(1) : count(each)} an account a day.`;
}

function wanting(of: Campaign): string {
  const targets = Object.entries(of.targets)
    .sort(([, one], [, other]) => other - one)
    .slice(0, MOST_TARGETS)
    .map(([name, share]) => `${words(name)} (${percent(share)})`);
  return targets.length === 0 ? 'What they ask for is not labelled.' : `They ask mostly for ${listed(targets)}.`;
}

function foundBy(of: Campaign): string {
  if (of.handMade)
    return `Split off by a person, ${day(of.detectedAt)}: nothing was found about these accounts by themselves, so no machine acts on them.`;
  const [strongest] = of.evidence;
  if (of.foundBy === 'content')
    return `Found by content alone, ${day(of.detectedAt)}: nothing links these accounts but what they ask for, so people decide and never a machine. ${strongest ? sentence(strongest.because) : ''}`;
  const by =
    of.families.length === 0
      ? 'Found by evidence that is not strong enough to act on'
      : `Found by ${listed(of.families)}, ${day(of.detectedAt)}`;
  return strongest ? `${by}: ${sentence(strongest.because)}` : `${by}.`;
}

const sentence = (text: string): string => readable(/[.!?]$/.test(text) ? text : `${text}.`);

/** Leaked and prevented on one footing: shares of everything that was sent. */
function outcome(of: Campaign, newest: Entry | undefined): string {
  const total = Math.max(1, of.leaked + of.prevented);
  // Of two shares that make up the whole, both as exact.
  const digits = Math.min(of.leaked, of.prevented) > 0 && Math.min(of.leaked, of.prevented) < 0.1 * total ? 1 : 0;
  const through = `${compact(of.leaked)} requests (${percent(of.leaked / total, digits)}) went through`;
  if (newest?.undoneAt) {
    const undone = newest.undoneAt;
    const since = of.timeline.reduce((sum, hour) => (hour.at >= undone ? sum + hour.exchanges : sum), 0);
    return `Undone on ${day(undone)}: ${plural(of.accounts, 'account')} go on unhindered, with ${count(since)} requests since; in all ${through}.`;
  }
  if (of.prevented > 0) return `${through} and ${compact(of.prevented)} (${percent(of.prevented / total, digits)}) were prevented.`;
  if (newest && newest.containedAt !== null)
    return `${through}; it was contained on ${day(newest.containedAt)}, and nothing was sent since.`;
  if (newest?.open) return `${through}, and nothing is prevented until the case goes through.`;
  return `${through}; nothing is prevented, because nothing is done about it.`;
}
