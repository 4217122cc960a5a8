/** Who is asking. Roles contain each other: an admin may do what a reviewer may, a reviewer what a viewer may. */
export const ROLES = ['viewer', 'reviewer', 'admin'] as const;
export type Role = (typeof ROLES)[number];
export type Principal = { id: string; name: string; role: Role };

export const mayActAs = (principal: Principal, needed: Role): boolean => ROLES.indexOf(principal.role) >= ROLES.indexOf(needed);

/** The highest role that a token's groups name; `lockstep-reviewer` and `reviewer` are the same. */
export function highestRole(groups: readonly string[]): Role | undefined {
  const named = new Set(groups.map((group) => group.replace(/^lockstep-/, '')));
  return [...ROLES].reverse().find((role) => named.has(role));
}
