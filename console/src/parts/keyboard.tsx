import { type ReactNode, useEffect, useRef } from 'react';
import { tinykeys } from 'tinykeys';

/** Keyboard first: every page says its keys in one table, and the help lists exactly that table. */
export type Keys = readonly { keys: string; label: string; does: () => void }[];

const listed = new Map<string, Keys>();
export const listedKeys = (): [string, Keys][] => [...listed];

const typing = (event: KeyboardEvent): boolean =>
  event.target instanceof HTMLElement && (event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName));
/** Enter belongs to the link or button that has the focus. */
const pressed = (event: KeyboardEvent): boolean =>
  event.key === 'Enter' && event.target instanceof HTMLElement && event.target.closest('a[href], button, summary') !== null;
const dialogOpen = (): boolean => document.querySelector('dialog[open]') !== null;

/** After `g`, the next key belongs to it: `g a` goes to the accounts and approves nothing. */
const PREFIX_MS = 1_000;
let prefixAt = Number.NEGATIVE_INFINITY;
let claimed: KeyboardEvent | undefined;
window.addEventListener('keydown', (event) => {
  const prefix = event.key === 'g' && !typing(event);
  claimed = !prefix && event.timeStamp - prefixAt < PREFIX_MS ? event : undefined;
  prefixAt = prefix ? event.timeStamp : Number.NEGATIVE_INFINITY;
});
const afterPrefix = (event: KeyboardEvent): boolean => event === claimed;

/** Keys are quiet while something is typed and while a dialog is open. */
export function useKeys(where: string, keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  const names = keys.map((key) => key.keys).join('|');
  useEffect(() => {
    listed.set(where, latest.current);
    const bindings = names.split('|').map((name) => {
      const run = (event: KeyboardEvent) => {
        if (typing(event) || pressed(event) || dialogOpen() || (!name.includes(' ') && afterPrefix(event))) return;
        event.preventDefault();
        latest.current.find((key) => key.keys === name)?.does();
      };
      return [name, run] as const;
    });
    // Where `?` needs no Shift, it is the same key.
    const question = bindings.find(([name]) => name === 'Shift+?');
    if (question) bindings.push(['?', question[1]]);
    const stop = tinykeys(window, Object.fromEntries(bindings));
    return () => {
      listed.delete(where);
      stop();
    };
  }, [where, names]);
}

export const KeyName = ({ keys }: { keys: string }): ReactNode => (
  <>
    {[...keys.split(' ').entries()].map(([place, key]) => (
      <kbd key={place}>{key.replace('Shift+?', '?').replace('Enter', '↵')}</kbd>
    ))}
  </>
);
