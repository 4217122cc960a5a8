import type { NamedKey } from '../domain/api-key';
import type { AccountKey, SealedId } from '../identity/ids';
import { ForgedIdentity } from '../identity/keyed-hash';
import { ForgedName } from '../identity/opened-names';
import type { ActionRequest, Provider, ProviderAnswer } from '../ports';
import { type SenderSettings, SignedSender, type WebhookEndpoint } from './signed-sender';

export type WebhookSettings = SenderSettings & {
  endpoint: () => Promise<WebhookEndpoint>;
  /** The provider's own account id: opened here, to act, and nowhere before. Throws `ForgedIdentity` when it is another account's. */
  open: (sealed: SealedId, account: AccountKey) => string;
  /** The provider's own id of one of its keys. Throws `ForgedName`. */
  openKey: (named: NamedKey) => string;
};

/** The Provider port as a Standard Webhook, one message an action request (signed-sender.ts). */
export class WebhookProvider implements Provider {
  private readonly sender: SignedSender;

  constructor(private readonly settings: WebhookSettings) {
    this.sender = new SignedSender(settings);
  }

  async request(action: ActionRequest): Promise<ProviderAnswer> {
    const { endpoint, open, openKey, clock } = this.settings;
    const where = await endpoint();
    try {
      const names = { account: open(action.sealed, action.account), keys: action.keys?.map(openKey) };
      return await this.sender.send(where, action.id, JSON.stringify(messageOf(action, names, clock.now())));
    } catch (error) {
      // Nobody is asked about anybody: it counts as refused, which stops the case if there are many.
      if (error instanceof ForgedIdentity || error instanceof ForgedName) return { kind: 'refused', because: error.message };
      throw error;
    }
  }
}

/** The body of a message, version 1 (docs/enforcement.md). Times are RFC 3339. */
function messageOf(action: ActionRequest, { account, keys }: { account: string; keys: string[] | undefined }, now: number): object {
  const { id, kind, sequence, classification, reasonCode, text, hints, appealUrl, expiresAt } = action;
  return {
    type: 'lockstep.action.v1',
    timestamp: new Date(now).toISOString(),
    data: {
      id,
      kind,
      account,
      accountKey: action.account,
      ...(keys === undefined ? {} : { apiKeys: keys }),
      sequence,
      case: action.case,
      classification,
      reasonCode,
      text,
      hints,
      ...(appealUrl === undefined ? {} : { appealUrl }),
      ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    },
  };
}
