import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  decorrelatedJitterGenerator,
  ExponentialBackoff,
  handleType,
  type IPolicy,
  retry,
  wrap,
} from 'cockatiel';
import { printable } from '../domain/plain-text';
import type { Clock, ProviderAnswer } from '../ports';
import type { Post } from './filtered-post';
import { signedHeaders } from './sign';

/** Where messages are sent, and the secrets they are signed with (`whsec_…`): every one of them signs, so that a receiver can change over. */
export type WebhookEndpoint = { url: string; secrets: readonly string[] };

export type SenderSettings = {
  post: Post;
  clock: Clock;
  /** Tries of one message, and the pause before the second (ms); it grows and is jittered. */
  tries?: number;
  firstPauseMs?: number;
  /** After this many failures in a row nothing is sent for `restMs`. */
  breakAfter?: number;
  restMs?: number;
};

/** A try that failed and may succeed later. */
class Transient extends Error {}

/**
 * Messages to one receiver as Standard Webhooks: signed, retried with growing jittered pauses, behind a circuit breaker. The message id is
 * the caller's, so a delivery can be repeated at any time.
 *
 * 2xx acknowledges. 422 refuses: the receiver will never carry it out, and says why. Everything else counts as not
 * reached; a receiver that is set up wrongly must not look like one that refuses.
 */
export class SignedSender {
  private readonly policy: IPolicy;

  constructor(private readonly settings: SenderSettings) {
    const { tries = 4, firstPauseMs = 250, breakAfter = 20, restMs = 30_000 } = settings;
    const transient = handleType(Transient);
    const breaker = circuitBreaker(transient, { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(breakAfter) });
    const backoff = new ExponentialBackoff({
      initialDelay: firstPauseMs,
      maxDelay: 20 * firstPauseMs,
      generator: decorrelatedJitterGenerator,
    });
    const again = retry(transient, { maxAttempts: tries - 1, backoff });
    this.policy = wrap(again, breaker);
  }

  async send({ url, secrets }: WebhookEndpoint, id: string, body: string): Promise<ProviderAnswer> {
    try {
      return await this.policy.execute(() => this.once(new URL(url), secrets, id, body));
    } catch (error) {
      if (error instanceof BrokenCircuitError)
        return { kind: 'unreachable', because: 'the receiver failed too often in a row; it is left alone for a while' };
      if (error instanceof Transient) return { kind: 'unreachable', because: error.message };
      throw error;
    }
  }

  private async once(url: URL, secrets: readonly string[], id: string, body: string): Promise<ProviderAnswer> {
    const headers = signedHeaders({ id, at: this.settings.clock.now(), body }, secrets);
    const answer = await this.settings.post(url, headers, body).catch((error: unknown) => {
      throw new Transient(error instanceof Error ? error.message : 'the connection failed');
    });
    if (answer.status >= 200 && answer.status < 300) return { kind: 'acknowledged' };
    if (answer.status === 422) return { kind: 'refused', because: printable(answer.body).slice(0, 200) };
    throw new Transient(`the receiver answered ${answer.status}`);
  }
}
