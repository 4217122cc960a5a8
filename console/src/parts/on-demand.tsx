import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Failed, Panel } from './parts';

/** A panel that reads what it shows when somebody asks, and once: it costs the archive something. `name`: of what is read, and of whom. */
export function OnDemand<T>(props: {
  title: string;
  ask: string;
  name: readonly [what: string, of: string];
  read: () => Promise<T>;
  children: (found: T) => ReactNode;
}) {
  const { title, ask, name, read, children } = props;
  const [asked, setAsked] = useState(false);
  const found = useQuery({ queryKey: name, enabled: asked, staleTime: Number.POSITIVE_INFINITY, queryFn: read });
  return (
    <Panel title={title}>
      {found.data !== undefined ? (
        children(found.data)
      ) : found.error ? (
        <Failed error={found.error} />
      ) : (
        <button type="button" className="button" disabled={asked} onClick={() => setAsked(true)}>
          {asked ? 'Reading…' : ask}
        </button>
      )}
    </Panel>
  );
}
