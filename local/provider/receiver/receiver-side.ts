import { randomBytes } from 'node:crypto';
import { type Appeals, openAppeals } from '../../../functions/appeals/appeals';
import { iso } from '../../../shared/domain/time';
import { type AppealKeys, signAppealLink } from '../../../shared/identity/appeal-link';
import { openedKey, openedTenants } from '../../../shared/identity/opened-names';
import type { AccountReader } from '../../../shared/ports';
import { KnownAccountStore } from '../../../shared/stores/archive/known-account-store';
import { filteredPost } from '../../../shared/webhook/filtered-post';
import { WebhookDesks } from '../../../shared/webhook/webhook-desks';
import { WebhookProvider } from '../../../shared/webhook/webhook-provider';
import type { Pipeline } from '../../pipeline';
import { desksAt, Receiver } from './receiver';

/** The example receiver at the end of a local pipeline: actions go to it over signed HTTP, and what it reports comes back as events. */
export class ReceiverSide {
  /** Account events that the receiver sent and the pipeline has not read yet, as JSON lines. */
  readonly reports: string[] = [];
  readonly receiver: Receiver;
  readonly appeals: Appeals;
  private readonly appealKeys: AppealKeys = [{ id: 'local', secret: randomBytes(32).toString('hex') }];
  private readonly webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;

  constructor(private readonly pipeline: Pipeline) {
    const { clock, stores, enforcement } = pipeline;
    const report = async (event: object): Promise<void> => void this.reports.push(JSON.stringify(event));
    this.receiver = new Receiver({ secrets: [this.webhookSecret], time: () => iso(clock.now()), report });
    this.appeals = openAppeals({ table: stores.enforcement, clock, keys: async () => this.appealKeys, policy: enforcement.policy });
  }

  async attach(): Promise<void> {
    const url = await this.receiver.listen();
    const { enforcement, gateway, hasher, stores } = this.pipeline;
    // Signatures are checked against the wall clock, whatever time is played.
    const sending = { post: filteredPost({ timeoutMs: 5_000, allow: ['127.0.0.1'] }), clock: { now: () => Date.now() } };
    const webhook = new WebhookProvider({
      ...sending,
      endpoint: async () => ({ url, secrets: [this.webhookSecret] }),
      open: (sealed, account) => hasher.openFor(account, sealed),
      openKey: (named) => openedKey(named, [hasher]),
    });
    enforcement.desks = new WebhookDesks({
      ...sending,
      urls: desksAt(url),
      secrets: async () => [this.webhookSecret],
      open: async ({ tenants }) => openedTenants(tenants, [hasher]),
    });
    enforcement.provider = {
      // What the receiver accepted is what the simulated gateway does to later requests.
      request: async (action) => {
        const answer = await webhook.request(action);
        return answer.kind === 'acknowledged' ? gateway.request(action) : answer;
      },
    };
    enforcement.accounts = this.accountsAsReported(new KnownAccountStore(stores.graph));
    const validDays = (await enforcement.policy()).policy.enforcement.appeals.linkValidDays.value;
    const baseUrl = 'https://appeals.example/';
    enforcement.appealLinks = { link: (subject, now) => signAppealLink(subject, { keys: this.appealKeys, baseUrl, now, validDays }) };
  }

  /** What detection knows, and on top what the receiver reported since: its events reach detection with the next hour's fold. */
  private accountsAsReported(known: AccountReader): AccountReader {
    return {
      known: async (accounts) => {
        const told = new Map(await known.known(accounts));
        for (const [name, { restriction }] of this.receiver.accounts) {
          const { key } = this.pipeline.hasher.account(name);
          const before = told.get(key);
          if (before)
            told.set(key, { ...before, facts: { ...before.facts, standing: restriction === 'suspend' ? 'suspended' : 'active' } });
        }
        return told;
      },
    };
  }
}
