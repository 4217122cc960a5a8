import type { AbuseDesks, DeskMessage, ProviderAnswer } from '../../shared/ports';

/**
 * Abuse desks of other clouds in a few lines, for the demo and tests: each does what a real one must. A message id is taken once; a message
 * with a lower sequence than one seen of the referral is acknowledged and ignored. Nobody sits at it: answers are events (docs/referrals.md).
 */
export class ToyDesks implements AbuseDesks {
  private readonly held = new Map<string, { sequence: number; kind: DeskMessage['kind'] }>();
  /** Every message that arrived, repeated ones too. */
  readonly received: DeskMessage[] = [];
  /** How it behaves: tests make it go down, or refuse. */
  behaviour: (message: DeskMessage) => 'takes' | 'down' | 'refuses' = () => 'takes';

  constructor(private readonly clouds: readonly string[]) {}

  isSetUp(cloud: string): boolean {
    return this.clouds.includes(cloud);
  }

  async deliver(message: DeskMessage): Promise<ProviderAnswer> {
    const behaviour = this.behaviour(message);
    if (behaviour === 'down') return { kind: 'unreachable', because: 'connection refused' };
    this.received.push(message);
    if (behaviour === 'refuses') return { kind: 'refused', because: 'referrals are taken through the form only' };
    const { id } = message.referral;
    if (message.sequence > (this.held.get(id)?.sequence ?? 0)) this.held.set(id, { sequence: message.sequence, kind: message.kind });
    return { kind: 'acknowledged' };
  }

  /** Referrals that it holds and that were not taken back. */
  standing(): string[] {
    return [...this.held].filter(([, { kind }]) => kind === 'refer').map(([id]) => id);
  }
}
