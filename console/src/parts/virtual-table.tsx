import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';

/** `order`: what the list can be sorted by; the head then sorts, from the largest or newest first, and back. */
export type Column<T> = { head: string; width: string; number?: boolean; order?: string; cell: (row: T) => ReactNode };

const LINE = 34;

const MARKS = { descending: ' ↓', ascending: ' ↑', none: '' } as const;
const directionOf = (order: string, sort: string | undefined): keyof typeof MARKS =>
  sort === `-${order}` ? 'descending' : sort === order ? 'ascending' : 'none';

/** A table that stays fast with tens of thousands of rows: only the rows in view exist. Asks for more near the end. */
export function VirtualTable<T>({
  label,
  rows,
  columns,
  keyOf,
  at,
  height,
  sort,
  waiting = false,
  onSort,
  onOpen,
  onMore,
}: {
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  keyOf: (row: T) => string;
  /** The row that keys act on; -1 for none. */
  at: number;
  height: number;
  /** `-order` falls, `order` rises. */
  sort?: string;
  /** The rows are still those of the order or filter before. */
  waiting?: boolean;
  onSort?: (sort: string) => void;
  onOpen: (row: T) => void;
  onMore?: (() => void) | undefined;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => LINE, overscan: 12 });
  const items = lines.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (onMore && last >= rows.length - 20) onMore();
  }, [onMore, last, rows.length]);
  useEffect(() => {
    if (at >= 0) lines.scrollToIndex(at, { align: 'auto' });
  }, [at, lines]);
  const grid = { gridTemplateColumns: columns.map((column) => column.width).join(' ') };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
    <div className="vtable" ref={scroller} style={{ maxHeight: height }} tabIndex={0} role="region" aria-label={label}>
      <div className="inner" role="table" aria-label={label} aria-rowcount={rows.length}>
        <div className="head" role="row" style={grid}>
          {columns.map((column) => (
            <span
              key={column.head}
              role="columnheader"
              className={column.number ? 'number' : ''}
              aria-sort={column.order === undefined ? undefined : directionOf(column.order, sort)}
            >
              {column.order === undefined ? (
                column.head
              ) : (
                <button type="button" onClick={() => onSort?.(sort === `-${column.order}` ? `${column.order}` : `-${column.order}`)}>
                  {column.head}
                  <span aria-hidden="true">{MARKS[directionOf(column.order, sort)]}</span>
                </button>
              )}
            </span>
          ))}
        </div>
        <div role="rowgroup" aria-busy={waiting} style={{ height: lines.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the row's first cell holds the link; j, k and Enter do the same
              <div
                key={keyOf(row)}
                role="row"
                tabIndex={-1}
                aria-rowindex={item.index + 1}
                className={`line ${item.index === at ? 'at' : ''}`}
                style={{ ...grid, transform: `translateY(${item.start}px)` }}
                onClick={(event) => event.target instanceof HTMLAnchorElement || event.target instanceof HTMLInputElement || onOpen(row)}
              >
                {columns.map((column) => (
                  <span key={column.head} role="cell" className={column.number ? 'number' : ''}>
                    {column.cell(row)}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
