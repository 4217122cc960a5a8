import type { KnownAccount } from './domain/account';
import type { NamedKey } from './domain/api-key';
import type { Classification } from './domain/campaigns/campaign';
import type { OpenedTenant, Referral } from './domain/cases/referral';
import type { Digest } from './domain/notice';
import type { RowKey } from './formats/row-key';
import type { AccountKey, CaseId, SealedId } from './identity/ids';

/**
 * What the pipeline needs from the world. Every port has an AWS side (shared/aws) and a working twin in memory
 * (shared/memory); test/stores runs one contract on both. An outage throws; an answer is a value.
 */

export type Clock = { now(): number };

/** Uniform numbers in [0, 1): seeded in replay and tests, cryptographic on AWS. */
export type Chance = { next(): number };

/** Immutable objects by key. S3 on AWS; a folder or a Map on one machine. */
export type ObjectStore = {
  /** `exists` when `ifAbsent` is set and something is there already (its bytes stay). */
  put(key: string, bytes: Uint8Array, options?: { ifAbsent?: boolean }): Promise<{ kind: 'written' } | { kind: 'exists' }>;
  /** The bytes, or of them [start, end). `undefined` when there is no such object. */
  get(key: string, range?: { start: number; end: number }): Promise<Uint8Array | undefined>;
  /** Keys that begin with `prefix`, in key order. */
  list(prefix: string): AsyncIterable<string>;
  delete(key: string): Promise<void>;
};

export type Scalar = string | number | boolean | Uint8Array;
export type Value = Scalar | readonly Value[] | { readonly [name: string]: Value | undefined };
/** One row. `pk` and `sk` are its key; `expires` (epoch seconds) is honoured on read even before it is swept. */
export type Item = { pk: string; sk: string; expires?: number; [name: string]: Value | undefined };
/** When a write may happen. `at-most`: the attribute is absent, or a number no greater than `value`. */
export type Condition =
  | { kind: 'absent' }
  | { kind: 'at-most'; attribute: string; value: number }
  | { kind: 'equals'; attribute: string; value: string | number };
export type Query = { pk: string; prefix?: string; from?: string; to?: string; after?: string; limit?: number; reverse?: boolean };

/** A table of rows by (pk, sk), sorted by sk within pk. No transactions, no indexes: one conditional write is one step. */
export type Table = {
  /** Strongly consistent. */
  get(pk: string, sk: string): Promise<Item | undefined>;
  /** Many rows by their keys, of any partitions, in a request for each hundred: those that are there, in the order of the keys, each once. Strongly consistent. */
  getAll(keys: readonly RowKey[]): Promise<Item[]>;
  put(item: Item, condition?: Condition): Promise<{ kind: 'written' } | { kind: 'refused' }>;
  /** Adds `by` to a number attribute (absent counts as 0) unless the sum would exceed `atMost`. Answers the value after. */
  add(
    pk: string,
    sk: string,
    attribute: string,
    by: number,
    options?: { atMost?: number; expires?: number },
  ): Promise<{ kind: 'added'; value: number } | { kind: 'refused' }>;
  /** One page in key order; `next` is the sk to pass as `after`. `from` and `to` are inclusive. */
  query(query: Query): Promise<{ items: Item[]; next?: string }>;
  delete(pk: string, sk: string): Promise<void>;
};

export type Message = { id: string; body: string };
export type Queue = {
  send(bodies: readonly string[], options?: { delaySeconds?: number }): Promise<void>;
};

/** A dead-letter queue: its name in the runbook, and the messages that wait in it. */
export type DeadLetterCount = { queue: string; messages: number; url: string };
export type DeadLetterQueues = { count(): Promise<readonly DeadLetterCount[]> };

/** Events out to the provider's own systems: EventBridge on AWS, a list or the example receiver on one machine. */
export type OutgoingEvent = { id: string; type: string; time: number; detail: { readonly [name: string]: Value | undefined } };
export type EventBus = { publish(events: readonly OutgoingEvent[]): Promise<void> };

/** Text to whoever subscribed: SNS on AWS, a list in memory. `subject` is one line of at most 100 characters of ASCII. */
export type OutgoingText = { id: string; subject: string; text: string; attributes: { readonly [name: string]: string } };
export type Topic = { publish(text: OutgoingText): Promise<void> };

/** A way to people: a topic, a chat, a pager, a webhook. `refused`: it will never take this; `unreachable`: it may later. */
export type Delivery = { kind: 'delivered' } | { kind: 'refused'; because: string } | { kind: 'unreachable'; because: string };
export type Messenger = { deliver(digest: Digest): Promise<Delivery> };

/** Keys and secrets by name. A missing secret throws with its name and how to make it; never with a value. */
export type Secrets = { get(name: string): Promise<string> };

/** Everything a stage of the pipeline is given. */
export type Stores = {
  /** Event archive, fold outputs, detection state: rebuildable from `chunks/`. */
  archive: ObjectStore;
  /** Manifest, fold versions, feature rows: rebuildable from the archive. */
  features: Table;
  /** Campaigns, members, links, flagged accounts: written by detection, read by everybody. */
  graph: Table;
  /** Ledger, cases, exonerations, policies, appeals: the system of record. */
  enforcement: Table;
};

/** What enforcement asks of the provider's own system (webhook on AWS; a toy provider in demo and tests). */
export type ActionRequest = {
  /** Idempotency key: the same action asked twice is one action. */
  id: string;
  kind:
    | ('warn' | 'limit' | 'challenge' | 'disable-key' | 'suspend' | 'restore' | 'notify-owner' | 'rotate-key')
    // Its money: no renewal is charged, what was paid ahead is neither used nor paid out; and back.
    | ('stop-renewals' | 'hold-balance' | 'resume-renewals' | 'release-balance');
  account: AccountKey;
  sealed: SealedId;
  /** Grows with every request about the account: a receiver that has seen a higher one ignores this one, so a late request never undoes an undo. */
  sequence: number;
  case: CaseId;
  classification: Classification;
  reasonCode: string;
  text: string;
  hints: readonly string[];
  /** Where the person concerned can appeal without a login; absent when there is nothing to appeal. */
  appealUrl?: string;
  expiresAt?: number;
  /** API keys that it is about; absent: whatever keys the account has. */
  keys?: readonly NamedKey[];
};
export type ProviderAnswer = { kind: 'acknowledged' } | { kind: 'refused'; because: string } | { kind: 'unreachable'; because: string };
export type Provider = { request(action: ActionRequest): Promise<ProviderAnswer> };

/** What an abuse desk of another cloud is told. */
export type DeskMessage = {
  /** Idempotency key: the same message sent again has the same. */
  id: string;
  kind: 'refer' | 'withdraw';
  /** Grows with every message about the referral: a desk that has seen a higher one ignores this one. */
  sequence: number;
  referral: Referral;
  letter(tenants: readonly OpenedTenant[]): { subject: string; markdown: string };
};
/**
 * Abuse desks of other clouds, one a cloud: a signed webhook on AWS; a stand-in on one machine. Where none is set up for a cloud, a person
 * hands the letter in. `acknowledged` says that its system took the message, not that anybody looked at it.
 */
export type AbuseDesks = { isSetUp(cloud: string): boolean; deliver(message: DeskMessage): Promise<ProviderAnswer> };

/** What the provider told us about accounts. One that was never heard of is absent from the answer. */
export type AccountReader = { known(accounts: readonly AccountKey[]): Promise<ReadonlyMap<AccountKey, KnownAccount>> };

/**
 * The long-running side of a case: a Step Functions execution on AWS; nothing on one machine, where `advance` looks at what is due.
 * Both calls may be repeated. `start`: the ledger sequence of the entry that asks for it names the execution, so the same
 * start is one execution, and an undo is another; `again` names one more of the same entry, where the first was lost or grew too long.
 * `wake`: people decided; a case that does not wait ignores it.
 */
export type Workflow = { start(id: CaseId, sequence: number, again?: string): Promise<void>; wake(id: CaseId): Promise<void> };
