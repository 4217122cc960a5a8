import { QueryClient } from '@tanstack/react-query';
import { lockstepClient, type Problem, type Schemas } from './client/client';
import { currentToken } from './session';

export type { Schemas } from './client/client';

/** A problem as the API tells it; the page shows its title and detail, and the request id to quote. */
export class ProblemError extends Error {
  constructor(readonly problem: Pick<Problem, 'title' | 'detail' | 'status' | 'requestId' | 'errors'>) {
    super(problem.detail);
  }
}

let base = '';
export const setBase = (url: string): void => {
  base = url;
};
export const client = () => lockstepClient({ baseUrl: base || location.origin, token: currentToken });

/** The data, or a thrown ProblemError. An expired session asks to sign in again by reloading the page. */
export async function answered<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok && data !== undefined) return data;
  const problem = isProblem(error)
    ? error
    : { title: 'No answer', detail: `The server answered ${response.status}.`, status: response.status, requestId: '' };
  throw new ProblemError(problem);
}

const isProblem = (error: unknown): error is Problem =>
  typeof error === 'object' && error !== null && 'detail' in error && 'title' in error;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && !(error instanceof ProblemError && error.problem.status < 500),
    },
  },
});

export type Role = Schemas['Me']['role'];
