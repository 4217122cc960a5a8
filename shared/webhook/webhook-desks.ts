import type { OpenedTenant } from '../domain/cases/referral';
import { iso } from '../domain/time';
import { ForgedName } from '../identity/opened-names';
import type { AbuseDesks, DeskMessage, ProviderAnswer } from '../ports';
import { type SenderSettings, SignedSender } from './signed-sender';

export type DeskSettings = SenderSettings & {
  /** Where each cloud's desk takes referrals, by cloud: its own address, or a relay of the provider's. */
  urls: Readonly<Record<string, string>>;
  secrets: () => Promise<readonly string[]>;
  /** Tenants as their cloud calls them: opened here, to be named to it, and nowhere before. */
  open: (referral: DeskMessage['referral']) => Promise<readonly OpenedTenant[]>;
};

/** Abuse desks as Standard Webhooks, one address a cloud (signed-sender.ts). */
export class WebhookDesks implements AbuseDesks {
  private readonly senders = new Map<string, SignedSender>();

  constructor(private readonly settings: DeskSettings) {}

  isSetUp(cloud: string): boolean {
    return Object.hasOwn(this.settings.urls, cloud);
  }

  async deliver(message: DeskMessage): Promise<ProviderAnswer> {
    const { cloud } = message.referral;
    const url = this.isSetUp(cloud) ? this.settings.urls[cloud] : undefined;
    if (url === undefined) return { kind: 'unreachable', because: `no abuse desk of ${cloud} is set up (infra/stages.ts)` };
    const sender = this.senders.get(cloud) ?? new SignedSender(this.settings);
    this.senders.set(cloud, sender);
    try {
      const body = JSON.stringify(bodyOf(message, await this.settings.open(message.referral), this.settings.clock.now()));
      return await sender.send({ url, secrets: await this.settings.secrets() }, message.id, body);
    } catch (error) {
      // Nobody is named to anybody.
      if (error instanceof ForgedName) return { kind: 'refused', because: error.message };
      throw error;
    }
  }
}

const when = (at: number | null): string | null => (at === null ? null : iso(at));

/** The body of a message, version 1 (docs/referrals.md). Times are RFC 3339. */
function bodyOf({ id, kind, sequence, referral, letter }: DeskMessage, tenants: readonly OpenedTenant[], now: number): object {
  const { subject, markdown } = letter(tenants);
  const about = { id, kind, sequence, referral: referral.id, cloud: referral.cloud, reference: referral.reference };
  return {
    type: 'lockstep.referral.v1',
    timestamp: new Date(now).toISOString(),
    data:
      kind === 'withdraw'
        ? { ...about, letter: { subject, markdown } }
        : {
            ...about,
            classification: referral.classification,
            tenants: tenants.map(({ firstSeen, lastSeen, ...one }) => ({ ...one, firstSeen: when(firstSeen), lastSeen: when(lastSeen) })),
            evidence: referral.evidence,
            elsewhere: referral.elsewhere,
            answerBy: 'answerBy' in referral.progress ? iso(referral.progress.answerBy) : null,
            letter: { subject, markdown },
          },
  };
}
