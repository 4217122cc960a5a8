import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { type Keys, useKeys } from './keyboard';

/**
 * Pages of a list by cursor, flattened; and the row that j, k and Enter act on. `staying`: rows stay, marked as waiting, while the
 * same list loads by another filter or order, so that whoever pressed a column's head keeps the focus there.
 */
export function useRows<P extends { items: unknown[]; next?: string }>(
  queryKey: readonly unknown[],
  load: (cursor: string | undefined) => Promise<P>,
  { refetchInterval = false, staying = false }: { refetchInterval?: number | false; staying?: boolean } = {},
) {
  const query = useInfiniteQuery({
    queryKey,
    refetchInterval,
    ...(staying ? { placeholderData: keepPreviousData } : {}),
    initialPageParam: '',
    queryFn: ({ pageParam }) => load(pageParam === '' ? undefined : pageParam),
    getNextPageParam: (page: P) => page.next,
  });
  const { hasNextPage, isFetchingNextPage, isPlaceholderData: waiting, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !waiting) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, waiting, fetchNextPage]);
  const rows: P['items'][number][] = query.data?.pages.flatMap((page) => page.items) ?? [];
  return { query, rows, first: query.data?.pages[0], more, hasMore: hasNextPage, waiting };
}

/**
 * The rows in an order that does not change under a person: what arrives is held back until they ask for it, what left the list stays
 * where it was, marked. Rows after the last known one are a next page, and come as they are. `scope`: another filter is another list.
 */
export function useSteady<T>(fresh: readonly T[], keyOf: (row: T) => string, scope: string) {
  const [asked, setAsked] = useState(0);
  const memory = useRef<{ list: string; order: string[]; seen: Map<string, T> }>({ list: '', order: [], seen: new Map() });
  const list = `${scope} ${asked}`;
  if (memory.current.list !== list) memory.current = { list, order: [], seen: new Map() };
  const { order, seen } = memory.current;
  const known = new Set(order);
  const present = new Map(fresh.map((row) => [keyOf(row), row]));
  const last = fresh.reduce((place, row, index) => (known.has(keyOf(row)) ? index : place), -1);
  let arrived = 0;
  fresh.forEach((row, index) => {
    const key = keyOf(row);
    if (known.has(key)) seen.set(key, row);
    else if (index > last || order.length === 0) {
      order.push(key);
      seen.set(key, row);
    } else arrived++;
  });
  const gone = new Set(order.filter((key) => !present.has(key)));
  const rows = order.flatMap((key) => {
    const row = present.get(key) ?? seen.get(key);
    return row === undefined ? [] : [row];
  });
  return { rows, arrived, gone, renew: () => setAsked(asked + 1) };
}

/** The cursor holds a row's key, never its number: what arrives or leaves moves no cursor, and a key acts on the row that was seen. */
export function useRowKeys<T>(
  where: string,
  rows: readonly T[],
  keyOf: (row: T) => string,
  open: (row: T) => void,
  others: Keys = [],
  first = -1,
): number {
  const [held, setHeld] = useState<string>();
  const start = rows[first];
  if (held === undefined && start !== undefined) setHeld(keyOf(start));
  const at = held === undefined ? -1 : rows.findIndex((row) => keyOf(row) === held);
  const go = (place: number): void => {
    const row = rows[Math.min(Math.max(place, 0), rows.length - 1)];
    if (row !== undefined) setHeld(keyOf(row));
  };
  useKeys(where, [
    { keys: 'j', label: 'Next', does: () => go(at + 1) },
    { keys: 'k', label: 'Previous', does: () => go(at - 1) },
    {
      keys: 'Enter',
      label: 'Open',
      does: () => {
        const row = rows[at];
        if (row !== undefined) open(row);
      },
    },
    ...others,
  ]);
  return at;
}
