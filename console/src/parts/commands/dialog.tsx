import { type ReactNode, useEffect, useRef } from 'react';

/** The browser's own modal dialog: focus is kept inside, Escape closes, focus returns to where it was. Its close event comes late: one of a mount that React undid is passed over. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    // The browser takes the first field; what the dialog asks for is marked.
    dialog?.querySelector<HTMLElement>('[data-focus]')?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={ref} onClose={() => ref.current?.open || onClose()} aria-label={title}>
      {children}
    </dialog>
  );
}
