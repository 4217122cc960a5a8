import type { ReactNode } from 'react';
import { plural } from '../format';
import { Empty, type Loadable, Loaded, Panel } from './parts';

/** A page of what waits for somebody elsewhere: what it is, a list by state, a row each. */
export function ByState<T>(props: {
  title: string;
  lede: string;
  panel: string;
  /** What may be shown, by value, in words. */
  states: readonly (readonly [state: string, words: string])[];
  state: string;
  onChoose: (state: string) => void;
  from: Loadable<{ items: T[]; next?: string }>;
  empty: { title: string; because: string };
  /** What one row is called. */
  one: string;
  row: (item: T) => ReactNode;
}) {
  const { title, lede, panel, states, state, onChoose, from, empty, one, row } = props;
  return (
    <>
      <header>
        <div className="grow">
          <h1>{title}</h1>
          <p className="lede">{lede}</p>
        </div>
      </header>
      <Panel title={panel} flush>
        <div className="filters">
          <label className="field">
            <span>Show</span>
            <select value={state} onChange={(event) => onChoose(event.target.value)}>
              {states.map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </label>
        </div>
        <Loaded from={from}>
          {({ items, next }) =>
            items.length === 0 ? (
              <Empty title={empty.title}>{empty.because}</Empty>
            ) : (
              <>
                <ol className="cases">{items.map(row)}</ol>
                <div className="under">
                  <span>{next === undefined ? `${plural(items.length, one)}. End of list` : 'The first 200'}</span>
                </div>
              </>
            )
          }
        </Loaded>
      </Panel>
    </>
  );
}
