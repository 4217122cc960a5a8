import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { KeyData } from '../../../shared/contract/event';
import { Desk, ReferralMessage } from './desk';

/**
 * The other side of the webhook, as a provider would write it: verifies the signature, carries each message out once,
 * ignores what is older than what it knows about the account, and reports the account's standing back as a usage-pipeline
 * event. Copy it, and replace `Accounts` by your own system.
 */
export const ActionMessage = z.object({
  type: z.literal('lockstep.action.v1'),
  timestamp: z.iso.datetime(),
  data: z.object({
    id: z.string(),
    kind: z.enum([
      ...(['warn', 'limit', 'challenge', 'disable-key', 'suspend', 'restore', 'notify-owner', 'rotate-key'] as const),
      ...(['stop-renewals', 'hold-balance', 'resume-renewals', 'release-balance'] as const),
    ]),
    account: z.string(),
    sequence: z.int(),
    text: z.string(),
    apiKeys: z.array(z.string()).optional(),
    appealUrl: z.string().optional(),
  }),
});
export type ActionMessage = z.infer<typeof ActionMessage>;

export type ReceivedAccount = {
  restriction: ActionMessage['data']['kind'] | null;
  sequence: number;
  keysRotated: number;
  letters: number;
  renews: boolean;
  balanceHeld: boolean;
  appealUrl?: string;
};

export type ReceiverSettings = {
  /** The shared secrets, `whsec_…`: during a rotation two are valid. */
  secrets: readonly string[];
  /** Where the provider's account events go: in a real system the ingest queue. */
  report: (event: object) => Promise<void>;
  /** RFC 3339 time for the event; the wall clock unless a demo plays another time. */
  time?: () => string;
};

/** A referral names up to 500 tenants, twice: as data and in its letter. */
const LARGEST_MESSAGE = 1_048_576;

export class Receiver {
  readonly accounts = new Map<string, ReceivedAccount>();
  private readonly done = new Set<string>();
  private reported = 0;
  readonly server: Server;
  /** Stands for the abuse desks of other clouds, at an address of their own. */
  readonly desk: Desk;

  constructor(private readonly settings: ReceiverSettings) {
    const { report, time = () => new Date().toISOString() } = settings;
    this.desk = new Desk({ report, time });
    this.server = createServer((request, answer) => {
      this.handle(request, answer).catch((error: unknown) => {
        console.error(error);
        answer.writeHead(500).end();
      });
    });
  }

  /** Listens on this machine only; answers the address to send to. */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((ready) => this.server.listen(port, '127.0.0.1', ready));
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
    return `http://127.0.0.1:${address.port}/actions`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  restricted(kind: ActionMessage['data']['kind']): number {
    return [...this.accounts.values()].filter((account) => account.restriction === kind).length;
  }

  private async handle(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const isReferral = request.url === '/referrals';
    if (request.method !== 'POST' || !(request.url === '/actions' || isReferral)) return end(answer, 404, 'POST /actions or /referrals');
    const body = await read(request);
    if (body === undefined) return end(answer, 413, 'too large');
    if (!this.isSigned(body, request)) return end(answer, 401, 'the signature does not fit');
    if (isReferral) return this.refer(JSON.parse(body), answer);
    const parsed = ActionMessage.safeParse(JSON.parse(body));
    if (!parsed.success) return end(answer, 422, `not a message this receiver knows: ${parsed.error.issues[0]?.message}`);
    // Repeated, replayed: done already, so acknowledged and nothing else.
    if (!this.done.has(parsed.data.data.id)) {
      await this.carryOut(parsed.data);
      this.done.add(parsed.data.data.id);
    }
    return end(answer, 204);
  }

  private async refer(message: unknown, answer: ServerResponse): Promise<void> {
    const parsed = ReferralMessage.safeParse(message);
    if (!parsed.success) return end(answer, 422, `not a referral this desk knows: ${parsed.error.issues[0]?.message}`);
    await this.desk.take(parsed.data);
    return end(answer, 204);
  }

  private isSigned(body: string, request: IncomingMessage): boolean {
    const headers = Object.fromEntries(
      ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(request.headers[name] ?? '')]),
    );
    return this.settings.secrets.some((secret) => {
      try {
        new Webhook(secret).verify(body, headers);
        return true;
      } catch {
        return false;
      }
    });
  }

  private async carryOut({ data }: ActionMessage): Promise<void> {
    const account = this.accounts.get(data.account) ?? {
      restriction: null,
      sequence: 0,
      keysRotated: 0,
      letters: 0,
      renews: true,
      balanceHeld: false,
    };
    this.accounts.set(data.account, account);
    // An undo that overtook this message on its way wins.
    if (data.sequence < account.sequence) return;
    account.sequence = data.sequence;
    // To be shown to the person, wherever they learn that they are restricted.
    if (data.appealUrl !== undefined) account.appealUrl = data.appealUrl;
    if (data.kind === 'restore') account.restriction = null;
    else if (data.kind === 'rotate-key') account.keysRotated++;
    else if (data.kind === 'stop-renewals' || data.kind === 'resume-renewals') account.renews = data.kind === 'resume-renewals';
    else if (data.kind === 'hold-balance' || data.kind === 'release-balance') account.balanceHeld = data.kind === 'hold-balance';
    else if (data.kind === 'notify-owner' || data.kind === 'warn') account.letters++;
    else account.restriction = data.kind;
    await this.reportKeys(data);
    if (data.kind !== 'suspend' && data.kind !== 'restore') return;
    await this.settings.report({
      specversion: '1.0',
      type: 'lockstep.account.v1',
      source: 'example-receiver',
      id: `${data.account}-${++this.reported}`,
      time: this.settings.time?.() ?? new Date().toISOString(),
      subject: data.account,
      data: { standing: data.kind === 'suspend' ? 'suspended' : 'active' },
    });
  }

  /** A key that works no more, or works again, is said as a key event. */
  private async reportKeys({ kind, account, apiKeys = [] }: ActionMessage['data']): Promise<void> {
    const change = KEY_CHANGE_OF[kind];
    if (change === undefined) return;
    for (const key of apiKeys)
      await this.settings.report({
        specversion: '1.0',
        type: 'lockstep.key.v1',
        source: 'example-receiver',
        id: `${account}-${++this.reported}`,
        time: this.settings.time?.() ?? new Date().toISOString(),
        subject: account,
        data: { key, change, by: 'provider' },
      });
  }
}

/** What becomes of the keys that a message names. */
const KEY_CHANGE_OF: { readonly [kind in ActionMessage['data']['kind']]?: KeyData['change'] } = {
  'rotate-key': 'rotated',
  'disable-key': 'disabled',
  restore: 'created',
};

/** The stand-in desk of every cloud that is known by name, beside the address of actions. */
export const desksAt = (actions: string): Record<string, string> =>
  Object.fromEntries(['bedrock', 'vertex', 'foundry'].map((cloud) => [cloud, new URL('/referrals', actions).href]));

async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_MESSAGE) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function end(answer: ServerResponse, status: number, text = ''): void {
  answer.writeHead(status, { 'content-type': 'text/plain' }).end(text);
}
