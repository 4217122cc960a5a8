import type { AccountData } from '../shared/contract/event';
import type { Client } from './draws/clients';
import type { Dice } from './draws/dice';
import type { Origin } from './draws/places';
import type { Rhythm } from './draws/rhythms';

/** What an account really is. Everything but `distillation` would be wronged by a suspension. */
export const LABELS = ['honest', 'reselling', 'hijacked', 'distillation'] as const;
export type Label = (typeof LABELS)[number];

export type Said = { system?: string; text: string; task: string; elicits?: boolean; grading?: boolean };

/** One way in which an account is used: how each of its requests comes about. */
export type Usage = {
  readonly rhythm: Rhythm;
  readonly origin: (hour: number) => Origin;
  readonly client: (origin: Origin, hour: number) => Client;
  readonly say: (turn: number) => Said;
  readonly model: (hour: number) => string;
  readonly channel: string;
  readonly tools: number;
  /** Another API key of the account. */
  readonly key?: string;
  /** Not what the campaign is after: a member warming its account, its reseller's other customers. */
  readonly ordinary?: boolean;
};

/** One account: who holds it, when it lives, and how it is used. Behaviour draws from the account's own dice. */
export type Actor = Usage & {
  readonly id: string;
  /** The population, as in `Scenario.honest` or the campaign's name. */
  readonly kind: string;
  readonly label: Label;
  readonly group?: string;
  readonly campaign?: string;
  readonly cell?: number;
  readonly life?: number;
  readonly dice: Dice;
  /** Hours after the start: the account's first facts, its first possible request, its end. */
  readonly born: number;
  readonly from: number;
  readonly to: number;
  readonly facts: AccountData;
  /** Facts that change: a bought account gets another card. */
  readonly later?: readonly { readonly hour: number; readonly facts: AccountData }[];
  /** Other uses of the same account. */
  readonly also?: readonly Usage[];
  /** Who comes after it when it is contained at `hour`; nobody where the operator does not answer. */
  readonly successor?: (hour: number) => Actor;
};
