import { Policy, policyDigest } from '../domain/policy/policy';
import { LIVE_CHAIN, type LiveRecord, POLICY_CHAIN, type PolicyRecord } from '../domain/policy/policy-record';
import type { Table } from '../ports';
import { type Appended, type Draft, type Entry, isolated, type LedgerStore } from './cases/ledger-store';

const DOCUMENTS = 'POLICY';
const ONLY = 'policy';
const DATASETS = 'DATASETS';

/** Policies by digest: the documents (immutable), what people said about them, and which one is live. */
export class PolicyStore {
  constructor(
    private readonly table: Table,
    private readonly ledger: LedgerStore,
  ) {}

  /** Keeps the document under its digest; repeating it changes nothing. */
  async keep(policy: Policy): Promise<string> {
    // Read as a reader will: what Policy refuses is never kept.
    const digest = policyDigest(Policy.parse(policy));
    if (!(await this.table.get(DOCUMENTS, digest))) {
      await this.table.put({ pk: DOCUMENTS, sk: digest, body: JSON.stringify(policy) }, { kind: 'absent' });
    }
    return digest;
  }

  async document(digest: string): Promise<Policy | undefined> {
    const row = await this.table.get(DOCUMENTS, digest);
    return row && Policy.parse(JSON.parse(String(row.body)));
  }

  /** The first labels that a data set was measured with are its labels. `another`: these are not they. */
  async pinDataset(name: string, labels: string): Promise<'pinned' | 'another'> {
    const { kind } = await this.table.put({ pk: DATASETS, sk: name, labels }, { kind: 'absent' });
    return kind === 'written' || (await this.table.get(DATASETS, name))?.labels === labels ? 'pinned' : 'another';
  }

  record(digest: string): Promise<Entry<PolicyRecord> | undefined> {
    return this.ledger.head(POLICY_CHAIN, digest);
  }

  append(digest: string, head: Entry<PolicyRecord> | undefined, draft: Draft<PolicyRecord>): Promise<Appended<PolicyRecord>> {
    return this.ledger.append(POLICY_CHAIN, digest, head, draft);
  }

  liveHead(): Promise<Entry<LiveRecord> | undefined> {
    return this.ledger.head(LIVE_CHAIN, ONLY);
  }

  appendLive(head: Entry<LiveRecord> | undefined, draft: Draft<LiveRecord>): Promise<Appended<LiveRecord>> {
    return this.ledger.append(LIVE_CHAIN, ONLY, head, draft);
  }

  /** The policy that judges now; undefined while none ever went live. */
  async live(): Promise<{ policy: Policy; digest: string } | undefined> {
    const digest = (await this.liveHead())?.state.live;
    if (!digest) return undefined;
    const policy = await this.document(digest);
    if (!policy) throw new Error(`policy ${digest} is live and its document is missing`);
    return { policy, digest };
  }

  async all(): Promise<Entry<PolicyRecord>[]> {
    const found: Entry<PolicyRecord>[] = [];
    for await (const digest of this.ledger.allListed('POLICIES')) {
      const head = await isolated(
        () => this.record(digest),
        () => undefined,
      );
      if (head) found.push(head);
    }
    return found;
  }
}
