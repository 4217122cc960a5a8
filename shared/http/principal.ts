import { PERSON_ROLES, type Person } from '../domain/person';

/** Who is asking: the person the ledger names, and a name for the page's corner. */
export type Principal = Person & { name: string };

/** The highest role that a token's groups name; `lockstep-reviewer` and `reviewer` are the same. */
export function highestRole(groups: readonly string[]): Person['role'] | undefined {
  const named = new Set(groups.map((group) => group.replace(/^lockstep-/, '')));
  return [...PERSON_ROLES].reverse().find((role) => named.has(role));
}
