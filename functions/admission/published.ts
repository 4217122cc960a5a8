/**
 * The types of `@lockstep/check` as its package has them: on their own, because the package has no dependencies whose types they could
 * name. What is embedded is checked against them when it is compiled.
 */

/** What is known of somebody who signs up or sends a first request, in the words of the event contract; all of it is optional, null is absent. */
export type Newcomer = {
  /** The provider's id of the account or the sign-up: with it, whoever is challenged or held is waited for. */
  subject?: string | null;
  account?: {
    organization?: string | null;
    emailDomain?: string | null;
    paymentInstrument?: string | null;
    signupIp?: string | null;
    signupFingerprint?: string | null;
    referrer?: string | null;
  } | null;
  network?: { ip?: string | null } | null;
  client?: { userAgent?: string | null; fingerprint?: string | null } | null;
  prompt?: { system?: string | null; text?: string | null; fingerprint?: string | null } | null;
};

export type Answer = 'allow' | 'challenge' | 'hold';

/** `checked: false`: something failed or took too long, and the newcomer is let in. */
export type Checked = {
  checked: boolean;
  answer: Answer;
  /** What mode auto would have answered. */
  inAuto: Answer;
  because: string[];
  /** The campaign whose indicators the newcomer shows; `nats`: match weight, by family of evidence and in all. */
  resembles: { campaign: string; classification: string; nats: number; byFamily: Record<string, number> } | null;
  /** Of a subject that was asked for proof: where that stands. */
  verification: { state: string; answerBy: string | null } | null;
  /** Fields that were given and could not be read. */
  unread: string[];
};

/** Answers in time and never throws, whatever it is given. */
export type Gate = (newcomer: Newcomer) => Promise<Checked>;

export type GateSettings = {
  /** Names of the deployment's tables (outputs of its state stack). The caller's role reads the rows that docs/admission.md names. */
  tables: { graph: string; enforcement: string };
  /** What the deployment's identifier secret holds: asked for at each check, so cache it. */
  identifierKey: () => Promise<string>;
  /** A DynamoDBClient of the AWS SDK, version 3; otherwise one that answers within half a second or not at all. */
  dynamodb?: object;
  /** A way to the deployment's verification queue: with it, whoever is named, and challenged or held, is waited for. */
  verifications?: { send(bodies: readonly string[], options?: { delaySeconds?: number }): Promise<void> };
  /** ms after which a newcomer is let in unchecked; 1,000 without. */
  within?: number;
  /** Checks at work at the same time, at most; 512 without. */
  atOnce?: number;
};

/** Opens the gate over the rows of a deployment. */
export declare function openGate(settings: GateSettings): Gate;
