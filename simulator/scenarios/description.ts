import type { AccountData } from '../../shared/contract/event';
import type { Label } from '../actor';
import type { Following } from '../world';

/**
 * A population or a behaviour in data: who its accounts are, what they share, when they act and what they ask. `cast` (casting/)
 * makes accounts of it. Times are hours, sizes are accounts, rates are requests a day an account.
 */
export type Description = {
  readonly name: string;
  /** One sentence for the table in docs/simulator.md. */
  readonly about: string;
  /** Accounts of one group, from and to; and how many groups of that size there are (1). */
  readonly size: readonly [number, number];
  readonly groups?: number;
  /** Its groups, cells of one operator, share what they say; otherwise each has its own. */
  readonly oneVoice?: boolean;
  /** What at least half of its accounts share with another of them, and what fewer than that do: counted by a test. */
  readonly shares: readonly Shared[];
  /** The moment that its uses and births are measured from: day of the world, and hours over which it reaches the members. */
  readonly turn?: { readonly day: readonly [number, number]; readonly spread?: number };
  /** Members' homes lie in one country. */
  readonly land?: 'one';
  readonly parts: Mixed<Part>;
};

/** What accounts may have in common, as `test/simulator/described.test.ts` counts it. */
export const SHARED = ['address', 'client', 'payer', 'domain', 'template', 'sign-up address', 'sign-up day', 'referrer'] as const;
export type Shared = (typeof SHARED)[number];

/** One choice, or several with their weights. */
export type Mixed<T> = T | readonly (readonly [weight: number, choice: T])[];

/** Members of one sort. Most descriptions have one; a framed group has those who plant accounts beside those who are framed. */
export type Part = {
  /** The kind in the truth, where it is not the description's name. */
  readonly kind?: string;
  /** `honest` unless said. */
  readonly label?: Label;
  readonly born?: Born;
  readonly facts?: Facts;
  /** Facts that change at the member's turn. */
  readonly later?: Facts;
  /** Everything that happens on the account. Several at once: several hands, or one after the other. */
  readonly uses: readonly Use[];
};

/**
 * `mixed`: a quarter signs up while we watch, the others did before (as everybody). `before`: all did, of any age or `days` old.
 * `turn`: within `hours` [from, to] of the member's turn (negative: before it). `drip`: at any time of the world.
 */
export type Born =
  | 'mixed'
  | 'before'
  | 'drip'
  | { readonly days: readonly [number, number] }
  | { readonly hours: readonly [number, number] };

export type Facts = {
  readonly plan?: AccountData['plan'];
  readonly program?: AccountData['program'];
  readonly verification?: AccountData['verification'];
  /** Share of the members whose facts name the group as their organisation. */
  readonly organization?: number;
  readonly domain?: Mixed<Domain>;
  readonly payer?: Mixed<Payer>;
  readonly signup?: Mixed<Place>;
  /** Signed up with the group's own automated browser instead of the console. */
  readonly browser?: 'group';
  readonly referrer?: 'any' | 'group' | 'none';
  /** Tenants of a cloud that sells the models: its provider is told no other facts. `billed`: so many on one billing account. */
  readonly tenant?: { readonly cloud: string; readonly billed: number };
};
/** `any`: mostly a public mail service, else one's own. `throwaway`: the group's, so many of them. */
export type Domain = 'any' | 'freemail' | 'own' | 'group' | { readonly throwaway: number };
/**
 * `own`: a card of one's own. `virtual`: that, of the two issuers that sell them by the run. `issuer`: that, of one issuer for all
 * (vouchers, gift cards). `{ per }`: one card for so many accounts. `{ cards }`: so many cards for the group. `none`: free.
 */
export type Payer = 'own' | 'none' | 'virtual' | 'issuer' | { readonly per: number } | { readonly cards: number };

export type Use = {
  /** Hours from the member's turn; without, from the account's birth and to the end of the world. */
  readonly from?: number;
  readonly to?: number;
  readonly pace: Pace | readonly Pace[];
  /** Drawn for each request. */
  readonly where: Mixed<Place>;
  /** Drawn for each member. */
  readonly client: Mixed<ClientChoice>;
  /** Drawn for each request. */
  readonly says: Mixed<Says>;
  readonly system?: string;
  readonly tools?: number;
  readonly channel?: string;
  readonly follows?: Following;
  /** Another API key of the same account, by name. */
  readonly key?: string;
  /** On a hostile account: ordinary use that is no extraction and does not count as leaked. */
  readonly ordinary?: boolean;
};

/** Where requests come from. One pool is one object: wherever it is named again it is the same addresses. */
export type Place =
  | 'home'
  | 'phone'
  | 'vpn'
  | 'server'
  /** A proxy network that others use, too. */
  | 'proxy'
  /** Another household of eight ISPs each time. */
  | 'households'
  | Pool
  /** Each member keeps one of its addresses. */
  | { readonly keeps: Pool };
export type Pool = {
  readonly pool: number;
  readonly at: 'isp' | 'carrier' | 'cloud' | 'hoster' | 'vpn';
  /** Operators that its addresses lie with: 1. */
  readonly operators?: number;
};

/**
 * `any`: the member's own library or tool, the same wherever it says so; `another`: one more. `agent`: its popular coding agent.
 * Builds are one object for one build, as pools are. `NAME` in it stands for the group's name. */
export type ClientChoice = 'console' | 'any' | 'another' | 'agent' | 'daily' | 'unique' | Build;
export type Build = {
  /** `library`: one popular library; `clone`: says it is one, with a fingerprint of its own; anything else is its name. */
  readonly build: string;
  /** Versions of it that are around. */
  readonly versions?: number;
};

/** `perDay`: median and sigma of a log-normal; a member keeps its rate. `zone`: one's own, or the group's. */
export type Pace =
  | { readonly sit: DayShape; readonly perDay: readonly [number, number]; readonly weekend?: number; readonly zone?: 'own' | 'group' }
  | { readonly load: DayShape; readonly perDay: readonly [number, number]; readonly weekend?: number; readonly burst?: number }
  | { readonly even: number; readonly jitter?: number }
  /** At these minutes of these local hours of the group, about so many requests; `phase`: each member at its own minute. */
  | { readonly clock: readonly number[]; readonly each: number; readonly hours: readonly number[]; readonly phase?: boolean }
  /** So many requests an hour in windows [from, to) of hours after the member's turn. */
  | { readonly windows: readonly (readonly [number, number])[]; readonly perHour: number };
export type DayShape = 'office' | 'person' | 'evening' | 'shift' | 'flat' | 'night' | 'commute' | 'school';

export type Says =
  | 'chat'
  | 'code'
  /** A product of one's own: a fixed frame around documents. */
  | 'product'
  /** People's questions, with a demand for reasoning or a grade in some. */
  | { readonly people: Asked }
  /** One instruction around ever other documents: the work of an occupation. The same words for the whole group. */
  | ({
      readonly frame: string;
      readonly topics?: readonly string[];
      readonly task?: string;
      readonly sentences?: readonly [number, number];
    } & Asked)
  /** So many exercises, the same for all. */
  | ({ readonly exercises: number } & Asked)
  /** Always one of these texts. */
  | { readonly fixed: readonly string[]; readonly task?: string }
  /** Items of a data set; of the families named, or of coding, agentic and reasoning ones. One object is one set. */
  | PromptSetChoice;
export type Asked = { readonly elicits?: number; readonly grading?: number };
export type PromptSetChoice = { readonly set: readonly string[]; readonly wordings: number; readonly paraphrase?: number } & Asked;
