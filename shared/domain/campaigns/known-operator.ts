import { z } from 'zod';
import type { OperatorId } from '../../identity/ids';
import { DAY } from '../time';
import { CLASSIFICATIONS, Indicator } from './campaign';

/** What of an indicator is needed to look for it: of how many accounts of the operator's campaign held it, and the rest is who it is. */
export const OperatorIndicator = Indicator.pick({ type: true, hash: true, family: true, members: true });

/** Indicators of a campaign that was found elsewhere, as somebody brought them here. They are looked for until a date, or until revoked. */
export const KnownOperator = z.object({
  id: z.custom<OperatorId>(),
  /** The campaign's name where it was found, and who says so: the bundle's campaign and identity. */
  name: z.string(),
  source: z.string(),
  classification: z.enum(CLASSIFICATIONS),
  /** Accounts of the campaign, of which `indicators[].members` held each. */
  accounts: z.int(),
  indicators: z.array(OperatorIndicator),
  importedAt: z.number(),
  /** Time-boxed: always. Addresses and cards are handed on, and an old list would speak against their next owner. */
  until: z.number(),
  because: z.string(),
  by: z.string(),
  revoked: z.boolean(),
});
export type KnownOperator = z.infer<typeof KnownOperator>;

/** As read from a bundle, before anybody imported it. */
export type ReadOperator = Pick<KnownOperator, 'id' | 'name' | 'source' | 'classification' | 'accounts' | 'indicators'>;

/** How long an import is looked for when nobody says otherwise. */
export const WATCHED_FOR = 180 * DAY;
/** However it is said. */
export const LONGEST_WATCHED = 400 * DAY;
/** Imports that are looked for at a time, and indicators of one: as many as a campaign keeps. */
export const MOST_OPERATORS = 100;
export const MOST_OPERATOR_INDICATORS = 600;

export const isWatched = ({ revoked, until }: Pick<KnownOperator, 'revoked' | 'until'>, now: number): boolean => !revoked && until > now;

export const OPERATORS = 'OPERATORS';
export const OPERATOR_CHAIN = { prefix: 'O#', state: KnownOperator, listedIn: (): string => OPERATORS };
