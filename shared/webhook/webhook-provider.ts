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
import type { AccountKey, SealedId } from '../identity/ids';
import { ForgedIdentity } from '../identity/keyed-hash';
import type { ActionRequest, Clock, Provider, ProviderAnswer } from '../ports';
import type { Post } from './filtered-post';
import { signedHeaders } from './sign';

/** Where actions are sent, and the secrets they are signed with (`whsec_…`): every one of them signs, so that a receiver can change over. */
export type WebhookEndpoint = { url: string; secrets: readonly string[] };

export type WebhookSettings = {
  endpoint: () => Promise<WebhookEndpoint>;
  /** The provider's own account id: opened here, to act, and nowhere before. Throws `ForgedIdentity` when it is another account's. */
  open: (sealed: SealedId, account: AccountKey) => string;
  post: Post;
  clock: Clock;
  /** Tries of one request, and the pause before the second (ms); it grows and is jittered. */
  tries?: number;
  firstPauseMs?: number;
  /** After this many failures in a row nothing is sent for `restMs`. */
  breakAfter?: number;
  restMs?: number;
};

/** A try that failed and may succeed later. */
class Transient extends Error {}

/**
 * The Provider port as a Standard Webhook: signed, one message an action request, retried with growing jittered pauses,
 * behind a circuit breaker. The message id is the request's id, so a delivery can be repeated at any time.
 *
 * 2xx acknowledges. 422 refuses: the receiver will never carry it out, and says why. Everything else counts as not
 * reached; a receiver that is set up wrongly must not look like one that refuses.
 */
export class WebhookProvider implements Provider {
  private readonly policy: IPolicy;

  constructor(private readonly settings: WebhookSettings) {
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

  async request(action: ActionRequest): Promise<ProviderAnswer> {
    const { url, secrets } = await this.settings.endpoint();
    try {
      const body = JSON.stringify(messageOf(action, this.settings.open(action.sealed, action.account), this.settings.clock.now()));
      return await this.policy.execute(() => this.send(new URL(url), secrets, action.id, body));
    } catch (error) {
      if (error instanceof BrokenCircuitError)
        return { kind: 'unreachable', because: 'the receiver failed too often in a row; it is left alone for a while' };
      // Nobody is asked about anybody: it counts as refused, which stops the case if there are many.
      if (error instanceof ForgedIdentity) return { kind: 'refused', because: error.message };
      if (error instanceof Transient) return { kind: 'unreachable', because: error.message };
      throw error;
    }
  }

  private async send(url: URL, secrets: readonly string[], id: string, body: string): Promise<ProviderAnswer> {
    const headers = signedHeaders({ id, at: this.settings.clock.now(), body }, secrets);
    const answer = await this.settings.post(url, headers, body).catch((error: unknown) => {
      throw new Transient(error instanceof Error ? error.message : 'the connection failed');
    });
    if (answer.status >= 200 && answer.status < 300) return { kind: 'acknowledged' };
    if (answer.status === 422) return { kind: 'refused', because: printable(answer.body).slice(0, 200) };
    throw new Transient(`the receiver answered ${answer.status}`);
  }
}

/** The body of a message, version 1 (docs/enforcement.md). Times are RFC 3339. */
function messageOf(action: ActionRequest, account: string, now: number): object {
  const { id, kind, sequence, classification, reasonCode, text, hints, appealUrl, expiresAt } = action;
  return {
    type: 'lockstep.action.v1',
    timestamp: new Date(now).toISOString(),
    data: {
      id,
      kind,
      account,
      accountKey: action.account,
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
