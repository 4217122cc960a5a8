import { useSyncExternalStore } from 'react';

/** Short words about what was just done; announced politely, gone after a while. */
type Toast = { id: number; text: string; tone: 'good' | 'danger' };
let toasts: readonly Toast[] = [];
let made = 0;
const listeners = new Set<() => void>();
const changed = (next: readonly Toast[]): void => {
  toasts = next;
  for (const listener of listeners) listener();
};

const SHOWN_MS = 12_000;
export function toast(text: string, tone: Toast['tone'] = 'good'): void {
  const id = ++made;
  changed([...toasts, { id, text, tone }]);
  setTimeout(() => changed(toasts.filter((one) => one.id !== id)), SHOWN_MS);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((one) => (
        <div key={one.id} className={`toast ${one.tone === 'danger' ? 'danger' : ''}`}>
          {one.text}
        </div>
      ))}
    </div>
  );
}
