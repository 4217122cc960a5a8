import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { ProblemError, queries, type Schemas } from '../../api';
import { Failed } from '../parts';
import { toast } from '../toasts';
import { Dialog } from './dialog';

/**
 * One dialog for every command: what it does, who is hit, why (kept in the ledger). The idempotency key is made when the
 * dialog opens, so pressing twice, or again after an outage, is one command.
 */
export type Sent = { because: string; key: string };
export function CommandDialog({
  title,
  act,
  danger = false,
  ready = true,
  children,
  onClose,
  onRefused,
  send,
}: {
  title: string;
  act: string;
  danger?: boolean;
  /** False while what the command would do is still being found out. */
  ready?: boolean;
  children?: ReactNode;
  onClose: () => void;
  onRefused?: () => void;
  send: (sent: Sent) => Promise<Schemas['CommandAnswer']>;
}) {
  const key = useRef(crypto.randomUUID());
  const [because, setBecause] = useState('');
  const command = useMutation({
    // A refusal is an answer: what is sent after it is another command.
    onError: (error) => {
      if (!(error instanceof ProblemError) || error.problem.status >= 500) return;
      key.current = crypto.randomUUID();
      onRefused?.();
    },
    mutationFn: () => send({ because: because.trim(), key: key.current }),
    onSuccess: async (answer) => {
      toast(answer.kind === 'done' ? `Done: ${answer.because}.` : `Nothing to do: ${answer.because}.`);
      onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          command.mutate();
        }}
      >
        <h2>{title}</h2>
        {children}
        <label className="field">
          <span>Why (kept in the audit log)</span>
          <textarea
            data-focus
            required
            minLength={3}
            maxLength={500}
            value={because}
            onChange={(event) => setBecause(event.target.value)}
          />
        </label>
        {command.error ? <Failed error={command.error} /> : null}
        <div className="end">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className={`button ${danger ? 'danger' : 'main'}`}
            disabled={command.isPending || !ready || because.trim().length < 3}
          >
            {command.isPending ? 'Asking …' : act}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
