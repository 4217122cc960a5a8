import { z } from 'zod';

/** What an abuse desk of another cloud is sent (docs/referrals.md), as far as this one reads it. */
export const ReferralMessage = z.object({
  type: z.literal('lockstep.referral.v1'),
  timestamp: z.iso.datetime(),
  data: z.object({
    id: z.string(),
    kind: z.enum(['refer', 'withdraw']),
    sequence: z.int(),
    referral: z.string(),
    cloud: z.string(),
    tenants: z.array(z.object({ tenant: z.string(), billingAccount: z.string().nullable() })).default([]),
    letter: z.object({ subject: z.string(), markdown: z.string() }),
  }),
});
export type ReferralMessage = z.infer<typeof ReferralMessage>;

export type OpenedCase = { kind: 'refer' | 'withdraw'; sequence: number; tenants: string[]; letter: string };

/**
 * An abuse desk, as a partner would write it behind its own door: a referral opens a case, a withdrawal closes it, what is older than what
 * it knows is ignored, and that it has it is answered as an event with its own reference. People decide what comes of it.
 */
export class Desk {
  readonly cases = new Map<string, OpenedCase>();
  private reported = 0;

  constructor(private readonly settings: { report: (event: object) => Promise<void>; time: () => string }) {}

  async take({ data }: ReferralMessage): Promise<void> {
    const known = this.cases.get(data.referral);
    if (known && data.sequence <= known.sequence) return;
    const tenants = data.kind === 'refer' ? data.tenants.map(({ tenant }) => tenant) : (known?.tenants ?? []);
    this.cases.set(data.referral, { kind: data.kind, sequence: data.sequence, tenants, letter: data.letter.markdown });
    if (data.kind === 'withdraw') return;
    await this.answer(data.referral, 'acknowledged', `desk-${this.cases.size}`);
  }

  async answer(referral: string, answer: 'acknowledged' | 'acted' | 'declined', reference: string): Promise<void> {
    await this.settings.report({
      specversion: '1.0',
      type: 'lockstep.referral.v1',
      source: 'example-desk',
      id: `${referral}-${++this.reported}`,
      time: this.settings.time(),
      subject: referral,
      data: { answer, reference },
    });
  }
}
