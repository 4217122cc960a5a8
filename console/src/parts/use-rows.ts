import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
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

export function useRowKeys<T>(where: string, rows: readonly T[], open: (row: T) => void, others: Keys = [], first = -1): number {
  const [at, setAt] = useState(first);
  const bounded = Math.min(at, rows.length - 1);
  useKeys(where, [
    { keys: 'j', label: 'Next', does: () => setAt(Math.min(bounded + 1, rows.length - 1)) },
    { keys: 'k', label: 'Previous', does: () => setAt(Math.max(bounded - 1, 0)) },
    {
      keys: 'Enter',
      label: 'Open',
      does: () => {
        const row = rows[bounded];
        if (row !== undefined) open(row);
      },
    },
    ...others,
  ]);
  return bounded;
}
