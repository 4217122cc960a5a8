import { openAppeal } from '../../../functions/appeals/appeal';
import { reviewAppeal } from '../../../functions/appeals/review';
import { approve } from '../../../functions/enforcement/commands/approve';
import { disclose } from '../../../functions/enforcement/commands/disclose';
import { exonerate } from '../../../functions/enforcement/commands/exonerate';
import { labelAccounts } from '../../../functions/enforcement/commands/label-accounts';
import { placeHold, releaseHold } from '../../../functions/enforcement/commands/legal-holds';
import { draftPolicy } from '../../../functions/enforcement/commands/policies';
import { keepLabels } from '../../../functions/enforcement/labels/keep-labels';
import { withMode } from '../../../shared/domain/policy/policy';
import { DAY } from '../../../shared/domain/time';
import { campaignId, caseId } from '../../../shared/identity/ids';
import { ADA, BEN, CLEO, DAN, RECOMMENDED, says, type TestWorld } from './enforcement-world';
import { keyOf } from './fixture-world';

/** Something on every page of a fixture server: cases contained, appeals, holds, disclosures, exonerations, labels, a draft. */
export async function livedIn(world: TestWorld): Promise<void> {
  const { enforcement } = world;
  const done = (answer: { kind: string; because?: string }): void => {
    if (answer.kind !== 'done') throw new Error(`${answer.kind}: ${answer.because}`);
  };
  done(await approve({ ...says(BEN, 'the owners of the kiosk confirm it'), case: caseId('kiosk.0001') }, enforcement));
  await world.pass(DAY);
  const links = world.provider.received.flatMap(({ appealUrl }) => (appealUrl === undefined ? [] : [appealUrl]));
  for (const [at, statement] of [
    'We are an agency; every client has its own seat.',
    'I bought this account from a reseller and did not know that this is not allowed. Please let me finish my thesis.',
  ].entries()) {
    const url = links[at] ?? '';
    const opened = await openAppeal(url.slice(url.indexOf('#') + 1), statement, world.appeals);
    if (opened.kind !== 'opened') throw new Error(opened.because);
    if (at === 0)
      done(await reviewAppeal({ ...says(CLEO, 'an agency: I called them'), appeal: opened.appeal, verdict: 'grant' }, world.appeals));
  }
  const until = world.clock.now() + 60 * DAY;
  const [account, campaign] = [keyOf('june-hydra/7'), campaignId('stolen-keys')];
  done(
    await exonerate({ ...says(ADA, 'our own test account'), scope: { kind: 'account', account }, effect: 'exempt', until }, enforcement),
  );
  done(
    await exonerate(
      { ...says(DAN, 'the owners were called'), scope: { kind: 'campaign', campaign }, effect: 'protected', until },
      enforcement,
    ),
  );
  done(
    await placeHold(
      { ...says(ADA, 'the letter of 5 June'), about: { kind: 'campaign', campaign: campaignId('kiosk') }, reference: 'court 12/26' },
      enforcement,
    ),
  );
  const second = await placeHold(
    {
      ...says(ADA, 'asked for by the prosecutor'),
      about: { kind: 'accounts', accounts: [account, keyOf('june-hydra/8')] },
      reference: 'case 4 Js 1200/26',
    },
    enforcement,
  );
  if (second.kind === 'done') done(await releaseHold({ ...says(ADA, 'the proceedings ended'), id: second.hold }, enforcement));
  const asked = {
    title: 'Operator one, spring 2026',
    campaigns: [campaignId('june-hydra'), campaignId('kiosk')],
    prices: { inputPerMillion: 3, outputPerMillion: 15 },
    attribution: {
      statement: 'Accounts linked with a competitor.',
      confidence: 'moderate' as const,
      basis: 'Two payers are employees, by public record.',
    },
  };
  done(await disclose({ ...says(BEN, 'the letter of June'), asked }, enforcement));
  done(
    await labelAccounts(
      { ...says(BEN, 'verified by telephone'), accounts: [keyOf('kiosk/5'), keyOf('kiosk/6')], value: 'honest', source: 'verification' },
      enforcement,
    ),
  );
  await keepLabels(enforcement, 0);
  const draft = withMode({ ...RECOMMENDED, version: 'careful-1' }, 'assist', 'people look first');
  done(await draftPolicy({ ...says(ADA, 'the first weeks'), policy: draft }, enforcement));
}
