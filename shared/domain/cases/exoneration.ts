import { z } from 'zod';
import type { Hash64 } from '../../identity/ids';

/**
 * A standing word of a person that decisions must heed, for accounts the evidence speaks against too.
 * exonerated: found to be in order, until a date. exempt: never acted on nor watched (a contract says so).
 * protected: acted on only after people approved.
 */
export const EFFECTS = ['exonerated', 'exempt', 'protected'] as const;
export const Scope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('account'), account: z.string().min(1) }),
  z.object({ kind: z.literal('organization'), organization: z.string().min(1) }),
  z.object({ kind: z.literal('campaign'), campaign: z.string().min(1) }),
]);
export type Scope = z.infer<typeof Scope>;

export const Exoneration = z.object({
  scope: Scope,
  effect: z.enum(EFFECTS),
  /** Time-boxed: always. A contract that runs longer is renewed by a person. */
  until: z.number(),
  because: z.string(),
  by: z.string(),
  revoked: z.boolean(),
});
export type Exoneration = z.infer<typeof Exoneration>;

export const scopeLabel = (scope: Scope): string => {
  switch (scope.kind) {
    case 'account':
      return `account:${scope.account}`;
    case 'organization':
      return `organization:${scope.organization}`;
    case 'campaign':
      return `campaign:${scope.campaign}`;
    default:
      return scope satisfies never;
  }
};

/** The scope that a label names. */
export function scopeOf(label: string): Scope {
  const at = label.indexOf(':');
  const [kind, id] = [label.slice(0, at), label.slice(at + 1)];
  return Scope.parse({ kind, [kind]: id });
}

export const EXONERATIONS = 'EXONERATIONS';
export const EXONERATION_CHAIN = { prefix: 'X#', state: Exoneration, listedIn: (): string => EXONERATIONS };

/** What holds for one account at `now`, by label of scope. */
export type Exonerations = ReadonlyMap<string, Exoneration>;

export function effectOn(
  exonerations: Exonerations,
  about: { account: string; organization?: Hash64; campaign: string },
  now: number,
): Exoneration | undefined {
  const scopes: Scope[] = [
    { kind: 'account', account: about.account },
    { kind: 'campaign', campaign: about.campaign },
    ...(about.organization === undefined ? [] : [{ kind: 'organization', organization: about.organization } as const]),
  ];
  const holding = scopes
    .map((scope) => exonerations.get(scopeLabel(scope)))
    .filter((found) => found !== undefined && !found.revoked && found.until > now);
  // The strongest word wins: exempt, then exonerated, then protected.
  return holding.find((found) => found?.effect === 'exempt') ?? holding.find((found) => found?.effect === 'exonerated') ?? holding[0];
}
