import { type Checked, type CheckPorts, check } from '../../functions/admission/check';
import type { Newcomer } from '../../functions/admission/newcomer';
import type { Pipeline } from '../../local/pipeline';
import { replaySystem } from './replay-system';
import { table } from './table';
import type { Source } from './worlds';

type Event = { type: string; subject: string; data: Record<string, unknown> };
type Shares = { answers: Map<string, Checked['answer']>; sent: Map<string, number>; kept: Map<string, number> };

/**
 * What an operator who answers bans with new accounts gets through, without and with the check before every sign-up and first request;
 * and whom it keeps out wrongly: everybody who is honest is asked about again at the end, when most is known.
 */
export async function admissionTable(source: Source, policy?: string): Promise<string> {
  const without = await replay(source, false, policy);
  const withCheck = await replay(source, true, policy);
  const label = new Map(source.truth().map((one) => [one.id, one]));
  const isHonest = (id: string): boolean => !['distillation', 'reselling'].includes(label.get(id)?.label ?? '');
  const leaked = ({ sent, kept }: Shares, campaign?: string): string => {
    const of = [...sent].filter(
      ([id]) => label.get(id)?.label === 'distillation' && (campaign ?? label.get(id)?.campaign) === label.get(id)?.campaign,
    );
    const all = of.reduce((sum, [, count]) => sum + count, 0);
    const stopped = of.reduce((sum, [id]) => sum + (kept.get(id) ?? 0), 0);
    return `${(all - stopped).toLocaleString('en')} of ${all.toLocaleString('en')} (${((100 * (all - stopped)) / Math.max(1, all)).toFixed(1)} %)`;
  };
  const campaigns = [
    ...new Set(source.truth().flatMap(({ label: is, campaign }) => (is === 'distillation' && campaign ? [campaign] : []))),
  ].sort();
  const answered = (answer: Checked['answer'], who: (id: string) => boolean, of: Shares['answers']): number =>
    [...of].filter(([id, one]) => one === answer && who(id)).length;
  const honest = [...withCheck.final.keys()].filter(isHonest).length;
  return table(
    ['', 'without the check', 'with it'],
    [
      ['exchanges of the operators that went through', leaked(without), leaked(withCheck)],
      ...campaigns.map((name) => [`— of ${name}`, leaked(without, name), leaked(withCheck, name)]),
      [
        'new accounts of operators: held, challenged',
        '',
        `${answered('hold', (id) => !isHonest(id), withCheck.answers)}, ${answered('challenge', (id) => !isHonest(id), withCheck.answers)}`,
      ],
      [
        'honest newcomers: held, challenged',
        '',
        `${answered('hold', isHonest, withCheck.answers)}, ${answered('challenge', isHonest, withCheck.answers)}`,
      ],
      [
        `all ${honest.toLocaleString('en')} honest accounts, asked about at the end: held, challenged`,
        '',
        `${answered('hold', isHonest, withCheck.final)}, ${answered('challenge', isHonest, withCheck.final)}`,
      ],
    ],
  );
}

async function replay(source: Source, asks: boolean, policy?: string): Promise<Shares & { final: Shares['answers'] }> {
  let pipeline: Pipeline | undefined;
  const seen = new Map<string, Newcomer>();
  const answers: Shares['answers'] = new Map();
  const final: Shares['answers'] = new Map();
  const sent = new Map<string, number>();
  const kept = new Map<string, number>();
  const ask = async (id: string): Promise<Checked['answer']> => (await check(seen.get(id)!, portsOf(pipeline!))).answer;
  const isHeld = (id: string): boolean => answers.get(id) === 'hold';
  const passes = async ({ type, subject, data }: Event, contained: (id: string) => boolean): Promise<boolean> => {
    const isUsage = type === 'lockstep.usage.v1';
    if (!isUsage && type !== 'lockstep.account.v1') return true;
    const isFirst = isUsage ? !sent.has(subject) : !seen.has(subject);
    if (isFirst) {
      seen.set(subject, { ...seen.get(subject), ...shownBy(isUsage, data) });
      // Challenges are passed: what an operator does about them is not known.
      if (asks && !isHeld(subject)) answers.set(subject, harder(answers.get(subject), await ask(subject)));
    }
    if (isUsage) {
      sent.set(subject, (sent.get(subject) ?? 0) + 1);
      if (isHeld(subject) || contained(subject)) kept.set(subject, (kept.get(subject) ?? 0) + 1);
    }
    return !isHeld(subject);
  };
  const gated: Source = {
    ...source,
    truth: () => source.truth(),
    async *lines(provider) {
      const contained = (id: string): boolean => isHeld(id) || (provider?.contained(id) ?? false);
      for await (const lines of source.lines({ contained })) {
        const through: string[] = [];
        for (const line of lines) if (await passes(JSON.parse(line), contained)) through.push(line);
        yield through;
      }
    },
  };
  const system = replaySystem({
    ...(policy === undefined ? {} : { policy }),
    begin: (begun) => {
      pipeline = begun;
    },
    inspect: async () => {
      if (asks) for (const id of seen.keys()) final.set(id, await ask(id));
    },
  });
  await system(gated);
  return { answers, sent, kept, final };
}

const SEVERITY: readonly Checked['answer'][] = ['allow', 'challenge', 'hold'];
const harder = (one: Checked['answer'] = 'allow', other: Checked['answer']): Checked['answer'] =>
  SEVERITY[Math.max(SEVERITY.indexOf(one), SEVERITY.indexOf(other))]!;

const portsOf = ({ stores, clock, hasher, enforcement }: Pipeline): CheckPorts => ({
  graph: stores.graph,
  enforcement: stores.enforcement,
  clock,
  hasher: async () => hasher,
  policy: enforcement.policy,
  within: 60_000,
});

/** What whoever signs people up knows at that moment, and what a gateway knows at the first request. */
function shownBy(isUsage: boolean, data: Event['data']): Newcomer {
  if (isUsage) {
    const { network, client, prompt } = data as Newcomer;
    return { ...(network ? { network: { ip: network.ip } } : {}), ...(client ? { client } : {}), ...(prompt ? { prompt } : {}) };
  }
  const { organization, emailDomain, paymentInstrument, signupIp, signupFingerprint, referrer } = data as NonNullable<Newcomer['account']>;
  return { account: { organization, emailDomain, paymentInstrument, signupIp, signupFingerprint, referrer } };
}
