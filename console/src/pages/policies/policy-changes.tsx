import type { Schemas } from '../../api';
import { numbersOf, spaced } from './policy-edits';

type Change = { name: string; before: string | null; after: string | null; reason: string };

/** Numbers that differ, in the order of the newer policy; then those that it no longer has. */
export function changesOf(before: Schemas['Policy'], after: Schemas['Policy']): Change[] {
  const text = (value: unknown): string => (Array.isArray(value) ? value.join(', ') || 'none' : String(value));
  const old = new Map(numbersOf(before).map((number) => [number.name, number]));
  const changed: Change[] = [];
  for (const { name, value, reason } of numbersOf(after)) {
    const was = old.get(name);
    old.delete(name);
    if (was === undefined || text(was.value) !== text(value))
      changed.push({ name, before: was ? text(was.value) : null, after: text(value), reason });
  }
  for (const { name, value, reason } of old.values()) changed.push({ name, before: text(value), after: null, reason });
  return changed;
}

/** `distillation-suspend: size`, `budget per hour`. */
function titleOf(name: string): string {
  const [root, rule, ...rest] = name.split('.');
  return root === 'rules' && rule !== undefined ? `${rule}: ${spaced(rest.join('.'))}` : spaced(name);
}

/** Changed numbers side by side, each with the reason of the newer one. */
export function Changes({ of, names, none }: { of: readonly Change[]; names: readonly [string, string]; none: string }) {
  if (of.length === 0) return <p className="small soft">{none}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
    <div className="table-wrap" tabIndex={0} role="region" aria-label="Changed numbers">
      <table>
        <thead>
          <tr>
            <th>Changed</th>
            <th>{names[0]}</th>
            <th>{names[1]}</th>
            <th>Reason</th>
          </tr>
        </thead>
        <tbody>
          {of.map(({ name, before, after, reason }) => (
            <tr key={name}>
              <td>{titleOf(name)}</td>
              <td>{before ?? '—'}</td>
              <td>
                <strong>{after ?? 'gone'}</strong>
              </td>
              <td className="small">{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
