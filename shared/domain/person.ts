import { z } from 'zod';
import { ONE_LINE } from './plain-text';

/** What a person may do: read; decide about cases, accounts and appeals; change what decides (policies, kill switch). */
export const PERSON_ROLES = ['viewer', 'reviewer', 'admin'] as const;
/** Longest `sub` that an OpenID provider may issue (OpenID Connect Core, section 2). A longer one is refused at sign-in (shared/http/token.ts). */
export const LONGEST_PERSON_ID = 255;
export const PersonId = z.string().min(1).max(LONGEST_PERSON_ID).regex(ONE_LINE);
export const Person = z.object({ id: PersonId, role: z.enum(PERSON_ROLES) });
export type Person = z.infer<typeof Person>;

/** Who did it. `policy`: a rule in mode auto; `clock`: something became due; `provider`: the provider's own system said so; `appellant`: the person concerned. */
export const Actor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person'), ...Person.shape }),
  z.object({ kind: z.literal('policy'), digest: z.string(), rule: z.string() }),
  z.object({ kind: z.literal('clock') }),
  z.object({ kind: z.literal('provider') }),
  z.object({ kind: z.literal('appellant') }),
]);
export type Actor = z.infer<typeof Actor>;

export const byPerson = (person: Person): Actor => ({ kind: 'person', id: person.id, role: person.role });

/** A change asked for by a person. `key` is the caller's idempotency key: it is written into the ledger beside the change. */
export type Command = { actor: Person; key: string; because: string };
/** How a command ended. `already`: somebody (perhaps the same call, repeated) did it before; nothing changed now. */
export type CommandAnswer<T = object> =
  | ({ kind: 'done'; because: string } & T)
  | { kind: 'already'; because: string }
  | { kind: 'refused'; because: string }
  | { kind: 'unknown'; because: string };

const RANK = { viewer: 0, reviewer: 1, admin: 2 } as const;
export const mayAct = (person: Person, needed: Person['role']): boolean => RANK[person.role] >= RANK[needed];
